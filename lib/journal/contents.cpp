#include "journal/contents.hpp"

#include "journal/two_hands.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace tokend {
namespace {

enum class expected
{
    whole,  // it was on the disk
    left,   // a log as it was left for the next one: where it ended is not told
    young   // it was not on the disk yet
};

// Some units of a file, and what they tell, but for their tokens.
struct piece
{
    journal_part part;
    std::size_t half;
    expected how;
    std::vector<journal_record> records{};
    std::vector<told_end> told{};
    std::vector<journal_gap> missed{};
    journal_count count{};

    void read()
    {
        auto const note = [this](journal_entry const& e) {
            if (e.kind == entry_kind::record)
                records.push_back({e.serial, {e.bytes.begin(), e.bytes.end()}});
            else if (e.kind == entry_kind::end)
                told.push_back({e.a, e.b, told_ends::ended});
            else if (e.kind == entry_kind::touch && e.expires != 0)
                told.push_back({e.a, e.b, e.expires});
        };
        auto const miss = [this](std::uint64_t first, std::uint64_t units) { missed.push_back({half, first, units}); };
        count = for_each_entry(part, note, miss);
    }
    std::size_t damaged() const noexcept
    {
        return how == expected::whole ? part.count - count.read : how == expected::left ? count.unreadable : 0;
    }
};

// A seed of its own, so that no unit of the snapshot is taken for one of the log.
journal_part log_of(layout::header const& header, std::size_t half, read_bytes const& read)
{
    return {read, header.log_at(half), header.what.geometry.log_bytes / journal_unit::size, ~header.seed(half), 0};
}

// The snapshot's records, then each log that counts, the older first.
std::vector<piece> pieces_of(layout::header const& header, journal_part const& records, read_bytes const& read)
{
    auto const current = header.current();
    std::vector<piece> all{{records, current, expected::whole}};
    auto const add = [&](std::size_t half) {
        auto const log = log_of(header, half, read);
        if (auto const settled = header.settled(half); settled > log.count)
            all.push_back({log, half, expected::left});
        else
        {
            all.push_back({log.up_to(settled), half, expected::whole});
            all.push_back({log.behind(settled), half, expected::young});
        }
    };
    add(current);
    if (header.other_continues())
        add(1 - current);
    return all;
}

template <class T>
void move_behind(std::vector<T>& all, std::vector<T>& some)
{
    std::ranges::move(some, std::back_inserter(all));
}

}  // namespace

journal_contents::journal_contents(layout::header const& header, read_bytes const& read)
{
    auto const current = header.current();
    auto const& half = header.halves[current];
    journal_part const snapshot{read, header.snapshot_at(current), half.record_units + half.token_units,
                                header.seed(current), 0};
    tokens = snapshot.behind(half.record_units);
    auto pieces = pieces_of(header, snapshot.up_to(half.record_units), read);
    with_two_hands(pieces.size(), [&](std::size_t i, std::size_t) { pieces[i].read(); });
    std::vector<told_end> told;
    for (auto& p : pieces)
    {
        move_behind(records, p.records);
        move_behind(told, p.told);
        damaged += p.damaged();
        if (p.how == expected::young)
            move_behind(gaps, p.missed);
    }
    ends = told_ends{told};
    for (auto const& p : std::span{pieces}.subspan(1))
        if (p.how != expected::whole)
            logs.push_back(log_of(header, p.half, read).up_to(p.count.end));
}

std::size_t journal_contents::unfinished() const noexcept
{
    std::size_t sum = 0;
    for (auto const& gap : gaps)
        sum += gap.units;
    return sum;
}

}  // namespace tokend

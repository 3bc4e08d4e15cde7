#include "journal/contents.hpp"

#include "journal/in_two_threads.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace tokend {
namespace {

// A piece of a file, and its contents without the tokens.
struct piece
{
    journal_part part;
    std::vector<journal_record> records{};
    std::vector<journal_record> addresses{};
    std::vector<recorded_end> recorded{};
    std::vector<journal_hole> holes{};
    journal_count count{};
    std::uint32_t newest = 0;
    std::uint64_t last_serial = 0;
    std::uint64_t last_address = 0;

    void read()
    {
        count = for_each_entry(
            part, [this](journal_entry const& e) { note(e); }, [this](journal_hole h) { holes.push_back(h); });
    }

private:
    void note(journal_entry const& e)
    {
        last_serial = std::max(last_serial, e.kind == entry_kind::address ? 0 : e.serial);
        last_address = std::max(last_address, e.kind == entry_kind::address ? e.serial : e.address);
        switch (e.kind)
        {
        case entry_kind::record:
            records.push_back({e.serial, {e.bytes.begin(), e.bytes.end()}});
            break;
        case entry_kind::address:
            addresses.push_back({e.serial, {e.bytes.begin(), e.bytes.end()}});
            break;
        case entry_kind::issue:
            newest = std::max(newest, e.issued);
            break;
        case entry_kind::touch:
            newest = std::max(newest, e.issued);
            if (e.expires != 0)
                recorded.push_back({e.a, e.b, e.expires});
            break;
        case entry_kind::end:
            recorded.push_back({e.a, e.b, latest_ends::ended});
            break;
        default:
            break;
        }
    }
};

template <class T>
void move_behind(std::vector<T>& all, std::vector<T>& some)
{
    std::ranges::move(some, std::back_inserter(all));
}

// Counts the unreadable units of the log. A piece may begin in the middle of an entry of the piece before.
class hole_count
{
public:
    hole_count(std::uint64_t settled, std::uint64_t end) : settled_{settled}, end_{end} {}

    void add(piece const& p)
    {
        for (auto const& h : p.holes)
            add(h.first, h.first + h.units);
        add(p.count.end, p.part.first + p.part.count);
        covered_ = std::max(covered_, p.count.end);
    }
    std::size_t damaged = 0;
    std::size_t unfinished = 0;

private:
    void add(std::uint64_t first, std::uint64_t last)
    {
        first = std::max(first, covered_);
        last = std::min(last, std::max(end_, settled_));
        if (first >= last)
            return;
        damaged += first < settled_ ? std::min(last, settled_) - first : 0;
        unfinished += last > settled_ ? last - std::max(first, settled_) : 0;
    }

    std::uint64_t const settled_;
    std::uint64_t const end_;
    std::uint64_t covered_ = 0;
};

}  // namespace

journal_contents::journal_contents(layout::header const& header, std::uint64_t file_bytes, read_bytes const& read)
{
    auto const& what = header.what;
    journal_part const snapshot{read, layout::header_bytes, what.record_units + what.token_units,
                                header.snapshot_seed(), 0};
    journal_part const whole_log{read, header.log_at(), (file_bytes - header.log_at()) / journal_unit::size,
                                 header.log_seed(), 0};
    tokens = snapshot.behind(what.record_units);
    newest = static_cast<std::uint32_t>(what.newest);

    std::vector<piece> pieces{{snapshot.up_to(what.record_units)}};
    pieces.front().part.overhang = 0;
    constexpr std::size_t some = std::size_t{1} << 20;
    for (auto const& part : whole_log.split(whole_log.count / some + 1))
        pieces.push_back({part});
    in_two_threads(pieces.size(), [&](std::size_t i, std::size_t) { pieces[i].read(); });

    std::vector<recorded_end> recorded;
    std::uint64_t end = 0;
    for (auto& p : pieces)
    {
        move_behind(records, p.records);
        move_behind(addresses, p.addresses);
        move_behind(recorded, p.recorded);
        newest = std::max(newest, p.newest);
        last_serial = std::max(last_serial, p.last_serial);
        last_address = std::max(last_address, p.last_address);
    }
    for (auto const& p : std::span{pieces}.subspan(1))
        if (p.count.read != 0)
            end = p.count.end;
    damaged = what.record_units - pieces.front().count.read;
    hole_count holes{header.now.settled, end};
    for (auto const& p : std::span{pieces}.subspan(1))
        holes.add(p);
    damaged += holes.damaged;
    unfinished = holes.unfinished;
    ends = latest_ends{recorded};
    log = whole_log.up_to(end);
    log.overhang = 0;
}

}  // namespace tokend

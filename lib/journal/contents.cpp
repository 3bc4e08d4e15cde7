#include "journal/contents.hpp"

#include <algorithm>
#include <future>
#include <iterator>
#include <utility>

namespace tokend {
namespace {

// What logs tell, but for their tokens.
struct log_reading
{
    std::vector<journal_part> logs{};
    std::vector<journal_record> records{};
    std::vector<told_end> told{};
    std::vector<journal_gap> gaps{};
    std::size_t damaged = 0;

    void read(layout::header const& header, std::size_t which, read_bytes const& bytes)
    {
        auto const note = [&](journal_entry const& e) {
            if (e.kind == entry_kind::record)
                records.push_back({e.serial, {e.bytes.begin(), e.bytes.end()}});
            else if (e.kind == entry_kind::end)
                told.push_back({e.a, e.b, told_ends::ended});
            else if (e.kind == entry_kind::touch && e.expires != 0)
                told.push_back({e.a, e.b, e.expires});
        };
        auto const miss = [&](std::uint64_t first, std::uint64_t units) { gaps.push_back({which, first, units}); };
        // A seed of its own, so that no unit of the snapshot is taken for one of the log.
        journal_part const log{bytes, header.log_at(which), header.what.geometry.log_bytes / journal_unit::size,
                               ~header.seed(which), 0};
        auto const settled = header.settled(which);
        auto const on_disk = for_each_entry(log.up_to(std::min<std::size_t>(settled, log.count)), note);
        damaged += on_disk.unreadable;
        if (settled > log.count)
        {
            logs.push_back(log.up_to(on_disk.end));
            return;
        }
        damaged += settled - on_disk.end;
        logs.push_back(log.up_to(for_each_entry(log.behind(settled), note, miss).end));
    }
};

std::vector<journal_record> records_of(journal_part const& part, std::size_t& damaged)
{
    std::vector<journal_record> records;
    auto const count = for_each_entry(part, [&](journal_entry const& e) {
        if (e.kind == entry_kind::record)
            records.push_back({e.serial, {e.bytes.begin(), e.bytes.end()}});
    });
    damaged = part.count - count.read;
    return records;
}

}  // namespace

// The snapshot's records are read beside the logs.
journal_contents::journal_contents(layout::header const& header, read_bytes const& read)
{
    auto const current = header.current();
    auto const& half = header.halves[current];
    journal_part const snapshot{read, header.snapshot_at(current), half.record_units + half.token_units,
                                header.seed(current), 0};
    tokens = snapshot.behind(half.record_units);
    auto reading =
        std::async(std::launch::async, [&] { return records_of(snapshot.up_to(half.record_units), damaged); });
    log_reading found;
    found.read(header, current, read);
    if (header.other_continues())
        found.read(header, 1 - current, read);
    logs = std::move(found.logs);
    ends = told_ends{found.told};
    gaps = std::move(found.gaps);
    records = reading.get();
    std::ranges::move(found.records, std::back_inserter(records));
    damaged += found.damaged;
}

std::size_t journal_contents::unfinished() const noexcept
{
    std::size_t sum = 0;
    for (auto const& gap : gaps)
        sum += gap.units;
    return sum;
}

}  // namespace tokend

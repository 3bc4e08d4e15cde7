#include "journal/contents.hpp"

namespace tokend {

std::vector<journal_part> journal_part::split(std::size_t pieces) const
{
    std::vector<journal_part> all;
    auto const count = units.size() / journal_unit::size;
    for (std::size_t i = 0; i < pieces; ++i)
    {
        auto const begin = count * i / pieces;
        auto const end = count * (i + 1) / pieces;
        all.push_back(
            {units.subspan(begin * journal_unit::size, (end - begin) * journal_unit::size), seed, first + begin});
    }
    return all;
}

journal_contents::journal_contents(layout::header const& header, std::span<std::byte const> file)
{
    auto const current = header.current();
    auto const& half = header.halves[current];
    auto const seed = header.seed(current);
    auto const snapshot = file.subspan(header.snapshot_at(current), header.what.geometry.snapshot_bytes);
    auto const record_bytes = half.record_units * journal_unit::size;
    records = {snapshot.first(record_bytes), seed, 0};
    tokens = {snapshot.subspan(record_bytes, half.token_units * journal_unit::size), seed, half.record_units};
    auto const log_of = [&](std::size_t which) {
        // A seed of its own, so that no unit of the snapshot is taken for one of the log.
        return journal_part{file.subspan(header.log_at(which), header.what.geometry.log_bytes), ~header.seed(which), 0};
    };
    logs.push_back(log_of(current));
    if (header.other_continues())
        logs.push_back(log_of(1 - current));
}

}  // namespace tokend

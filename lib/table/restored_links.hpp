#pragma once

#include "table/principal_index.hpp"

#include <utility>
#include <vector>

namespace tokend {

// Links the tokens that an index counted when its table was filled from a file: puts them into the lists of their
// records. Construction reads all slots, and may throw std::bad_alloc. Then link() works record by record, under the
// lock of each, while other threads find, end and enter tokens. REQUIRES: no walk is under way.
//   1  A restored record is held until its tokens are linked, so it is not freed and used again meanwhile.
//   2  A token whose slot is LIVE under its record's lock has not been cut. A thread that takes it later finds it
//      linked.
//   3  Under that lock, when no token waits to be linked, a LIVE token without a link is a restored one.
class principal_index::restored_links
{
public:
    explicit restored_links(principal_index& index);
    void link() noexcept;

private:
    using aged_slot = std::pair<std::uint32_t, std::uint32_t>;  // second of issue, number of the slot

    std::span<aged_slot const> in_order(std::size_t i) noexcept;
    void link(std::uint32_t record, std::span<aged_slot const> slots) noexcept;
    void prepend(std::uint32_t record, std::uint32_t slot) noexcept;
    void fetch_until(std::size_t place) noexcept;

    principal_index& index_;
    slot_table<std::atomic> const& table_;
    std::vector<std::uint32_t> const& records_;
    std::vector<std::uint32_t> slots_;  // of records_[0], then of records_[1] and so on
    std::vector<std::size_t> begin_;    // where the slots of each record begin, and the end of the last
    std::vector<aged_slot> room_;       // for the tokens of one record
    std::size_t fetched_ = 0;           // how many of slots_ were fetched into the cache
};

}  // namespace tokend

#pragma once

#include "table/principal_index.hpp"

#include <utility>
#include <vector>

namespace tokend {

// The tokens that an index has counted when its table was filled from a file, on their way into the lists of their records.
// Construction looks at all slots, and may throw std::bad_alloc; then link() works record by record under the lock of each, beside
// threads that find, end and enter tokens. No walk is under way.
//   1  A restored record is held until its own tokens are linked: it is neither forgotten nor another's meanwhile.
//   2  A token that stands LIVE in its slot under its record's lock has not been cut: whoever takes it later finds it linked.
//   3  Under that lock, once none waits, a LIVE token without a link is a restored one that was not linked.
class principal_index::restored_links
{
public:
    explicit restored_links(principal_index& index);
    void link() noexcept;

private:
    using aged_slot = std::pair<std::uint32_t, std::uint32_t>;  // second of issue, number

    std::span<aged_slot const> in_order(std::size_t i) noexcept;
    void link(std::uint32_t record, std::span<aged_slot const> slots) noexcept;
    void prepend(std::uint32_t record, std::uint32_t slot) noexcept;
    void fetch_until(std::size_t place) noexcept;

    principal_index& index_;
    slot_table<std::atomic> const& table_;
    std::vector<std::uint32_t> const& records_;
    std::vector<std::uint32_t> slots_;  // of records_[0], then of records_[1] and so on
    std::vector<std::size_t> begin_;    // of each, and the end of the last
    std::vector<aged_slot> room_;       // as many as a record has tokens
    std::size_t fetched_ = 0;           // of slots_, into the cache
};

}  // namespace tokend

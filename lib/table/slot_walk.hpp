#pragma once

#include "table/table.hpp"

#include <chrono>
#include <cstddef>
#include <string_view>

namespace tokend {

// A walk over all live tokens in the order of their slots, while other threads insert and end tokens. No token ever
// moves, so the position is all that a walk needs to go on, however much later: walks that each begin where the one
// before ended visit every token that lives all the time exactly once. Takes no lock. Not thread-safe.
class slot_walk
{
public:
    // Begins at a slot: 0, or the position() of another walk. Beyond the last slot it is at its end.
    // REQUIRES: `kept` outlives it.
    explicit slot_walk(table& kept, std::size_t position = 0) noexcept : table_{kept}, position_{position} {}

    // Looks at up to `slots` slots, and lowers `slots` by their number. Returns true, with `out` filled, as soon as it
    // finds a live token; else false, with `out` unspecified.
    [[nodiscard]] bool next(std::chrono::sys_seconds now, std::size_t& slots, found_token& out) noexcept;

    // The address of the client that got the token of the last next(); empty if unknown.
    std::string_view address() const noexcept { return address_.view(); }
    // The next slot to look at.
    std::size_t position() const noexcept { return position_; }
    bool at_end() const noexcept { return position_ >= slots(); }
    std::size_t slots() const noexcept { return table_.slots_.size(); }  // of the table

private:
    table& table_;
    std::size_t position_;
    client_address address_;
};

}  // namespace tokend

#pragma once

#include "table/history/token_check.hpp"

#include <array>
#include <cstdint>
#include <iosfwd>
#include <span>

namespace tokend::testing {

// What a call of a history, or a token, can count as.
enum class event
{
    call,
    overlap,  // it began while another of the same token had not ended
    insert,
    full,
    strictly_full,  // see capacity_verdict
    hit,
    miss,  // of a token not inserted yet, erased, or removed early
    touch,
    erase,
    expired,  // a find, touch or erase that failed with a `now` past the token's last expiry
    failed,   // another touch or erase
    removed,  // a token that was not erased, nor there at last
    count
};

class tally
{
public:
    std::uint64_t& operator[](event what) { return counts_[static_cast<std::size_t>(what)]; }
    std::uint64_t operator[](event what) const { return counts_[static_cast<std::size_t>(what)]; }
    tally& operator+=(tally const& other);

    // The calls of a token, by their begin.
    void add(std::span<operation const> calls, token_life const& life);

private:
    std::array<std::uint64_t, static_cast<std::size_t>(event::count)> counts_{};
};
std::ostream& operator<<(std::ostream& out, tally const& counted);

}  // namespace tokend::testing

#pragma once

#include "table/exploration/memory.hpp"

#include <array>

namespace tokend::exploration {

// Memory by the orders of C++20, operationally: each cell has a history of messages, each thread a view, which is the
// newest message of each cell that it knows of. A load takes any message not older than that; acquire adds the view
// which the message carries. A store with release carries the thread's view. A read-modify-write takes the latest
// message, and what it leaves also carries what that one did: the release sequence.
//
// A store becomes the newest of its cell. The language would let it come earlier, if the thread does not know of a
// message there; but that is a fault here, so nothing is left out by this. Not modelled: seq_cst, fences, and values
// out of the future, which relaxed loads might answer on paper.
//
// What an operation did is known to those that begin after its end, as if one thread had told the other.
class weak_memory final : public memory
{
public:
    static constexpr bool marks_are_steps = true;

    // A miss can be told by the hint of `a` alone, which orders nothing: a sweep after it may still see the life of
    // before.
    static constexpr bool sweeps_are_ordered = false;

    unsigned choices(unsigned thread, atomic_step const& wanted) const noexcept override;
    answer perform(unsigned thread, atomic_step const& wanted, unsigned choice) noexcept override;
    void begin(unsigned thread) noexcept override;
    void end(unsigned thread) noexcept override;
    void settle() noexcept override;

    digest sum() const noexcept;

private:
    using view = std::array<std::uint8_t, cells>;  // times of messages
    using place = std::uint8_t;                    // of a message, from 1; 0: what was in its cell before all of them

    struct message
    {
        std::uint64_t value;
        view carried;
        place older;        // in the same cell
        std::uint8_t time;  // in the same cell, from 1
    };
    static constexpr std::size_t most_messages = 60;

    message const& at(place p) const { return messages_[p - 1U]; }
    std::uint64_t value(std::size_t cell, place p) const { return p == 0 ? first_[cell] : at(p).value; }
    std::uint8_t time(place p) const { return p == 0 ? 0 : at(p).time; }

    template <class Visit>
    void for_readable(unsigned thread, atomic_step const& wanted, Visit&& visit) const;
    answer write(unsigned thread, atomic_step const& wanted, std::uint64_t value, view const& carried) noexcept;

    std::array<std::uint64_t, cells> first_{};
    std::array<place, cells> newest_{};
    std::array<message, most_messages> messages_;
    place count_ = 0;
    std::array<view, most_threads> views_{};
    view told_{};
    digest sum_;  // of the messages
};

}  // namespace tokend::exploration

#pragma once

#include "table/exploration/atomic_step.hpp"
#include "table/exploration/digest.hpp"
#include "table/exploration/program.hpp"

#include <array>
#include <compare>
#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

namespace tokend::exploration {

// The end of an operation.
struct ending
{
    std::uint8_t thread;
    std::array<std::uint8_t, most_threads> running;  // each thread's operation, or none
    outcome said;

    static constexpr std::uint8_t none = 0xff;
};

// Linearizability, watched as it goes: which maps can there be by now, if each operation took effect at one moment
// between its begin and its end, and answered what the map made it answer? None: the history so far has no explanation.
//
// Sets of such maps have numbers, so that equal ones are equal.
class explanations
{
public:
    using set = std::uint32_t;
    static constexpr set none = 0;

    // Else a sweep that takes nothing may have looked at any time.
    explanations(program const& explained, bool sweeps_are_ordered);

    set first() const noexcept { return 1; }
    set after(set before, ending const& end);

    // Can the table, at rest, hold what looks at each slot saw?
    bool allow(set maps, std::span<outcome const> looks) const;

private:
    struct entry
    {
        std::uint32_t expires = 0;  // 0: not live
        std::uint32_t slots = 0;    // where it can be, one bit each
        std::uint32_t content = 0;  // of its record
        auto operator<=>(entry const&) const = default;
    };
    struct effect  // of an operation that runs
    {
        bool taken = false;
        outcome answer;
        auto operator<=>(effect const&) const = default;
    };
    struct possibility
    {
        std::array<entry, keys> map;
        std::array<effect, most_threads> effects;
        auto operator<=>(possibility const&) const = default;
    };
    using possibilities = std::vector<possibility>;

    static bool place(possibility& p, unsigned number, unsigned slot);
    static bool holds(possibility const& p, std::span<outcome const> looks);
    void take_effect(possibility p, unsigned thread, operation const& o, possibilities& out) const;
    void take_effect_on_slot(possibility const& p, unsigned thread, operation const& o, possibilities& out) const;
    void conclude(possibility p, ending const& end, possibilities& out) const;
    set number_of(possibilities maps);

    program const& program_;
    bool const sweeps_are_ordered_;
    std::vector<possibilities> sets_;
    std::unordered_map<digest, set, digest_hash> numbers_;  // of sets by what is in them
    std::unordered_map<digest, set, digest_hash> after_;    // of sets by that before and the ending
};

}  // namespace tokend::exploration

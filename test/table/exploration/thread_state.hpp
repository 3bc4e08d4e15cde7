#pragma once

#include "table/exploration/answer_tree.hpp"
#include "table/exploration/digest.hpp"
#include "table/exploration/program.hpp"

#include <algorithm>
#include <cstdint>

namespace tokend::exploration {

// How far a thread has come in its program.
struct thread_state
{
    enum phase : std::uint8_t
    {
        between,  // operations
        within,
        ending  // all steps of the operation are done
    };

    phase in = between;
    std::uint8_t ended = 0;       // operations
    answer_tree::node at = 0;     // within the operation that has not ended
    outcome said{};               // by the operation that is ending
    std::uint32_t soonest = ~0U;  // that its sweeps saw

    void next() noexcept
    {
        soonest = std::min(soonest, said.soonest);
        *this = {.ended = static_cast<std::uint8_t>(ended + 1), .soonest = soonest};
    }

    void add_to(digest& sum) const noexcept
    {
        sum.add(std::uint64_t{at} << 32 | std::uint64_t{ended} << 8 | in);
        sum.add(soonest);
        if (in == ending)
            said.add_to(sum);
    }
};

}  // namespace tokend::exploration

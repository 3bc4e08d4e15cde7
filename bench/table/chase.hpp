#pragma once

#include "bench/table/harness.hpp"
#include "bench/table/names.hpp"
#include "bench/table/ours.hpp"

#include <utility>

namespace tokend::bench {

// The physical limit of a find that must wait for the find before it: a step from line to line of a memory as large as
// the table's slots, in an unpredictable order.
class chase
{
public:
    static constexpr auto name = names::chase;

    chase(std::size_t tokens, unsigned threads, std::chrono::milliseconds span)
        : threads_{threads}, span_{span}, memory_{slots_for(tokens) / 2 * sizeof(line)}, lines_{memory_.as<line>()}
    {
        auto const count = static_cast<std::uint32_t>(lines_.size());
        for (std::uint32_t i = 0; i < count; ++i)
            lines_[i].next = i;
        die random{1};
        for (auto i = count - 1; i > 0; --i)  // Sattolo's shuffle: one cycle through all lines
            std::swap(lines_[i].next, lines_[random.below(i)].next);
    }

    // Returns million steps a second, of all threads.
    double dependent()
    {
        auto const work = [this](unsigned thread) {
            auto at = static_cast<std::uint32_t>(lines_.size() / threads_ * thread);
            auto done = for_a_while(span_, [&](tally& count) {
                for (int i = 0; i < 1000; ++i)
                    at = lines_[at].next;
                count.operations += 1000;
            });
            done.values = at;
            return done;
        };
        return together(threads_, work).millions_per_second();
    }

private:
    struct alignas(64) line
    {
        std::uint32_t next;
    };
    unsigned const threads_;
    std::chrono::milliseconds const span_;
    mapping const memory_;
    std::span<line> const lines_;
};

}  // namespace tokend::bench

#pragma once

#include <atomic>
#include <cstddef>
#include <future>

namespace tokend {

// Runs work(piece, thread) for every piece on two threads, numbered 0 and 1; each takes the next piece when it is free.
// Throws what `work` throws.
template <class Work>
void in_two_threads(std::size_t pieces, Work const& work)
{
    std::atomic<std::size_t> next{0};
    auto const take = [&](std::size_t hand) {
        for (std::size_t piece; (piece = next.fetch_add(1, std::memory_order_relaxed)) < pieces;)
            work(piece, hand);
    };
    auto other = std::async(std::launch::async, take, std::size_t{1});
    take(0);
    other.get();
}

}  // namespace tokend

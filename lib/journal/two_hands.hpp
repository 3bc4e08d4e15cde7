#pragma once

#include <atomic>
#include <cstddef>
#include <future>

namespace tokend {

// Calls work(piece, hand) for each of so many pieces by two threads, of which each takes the next one when it has done its last;
// `hand` tells them apart, 0 or 1. Throws what `work` throws.
template <class Work>
void with_two_hands(std::size_t pieces, Work const& work)
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

#pragma once

#include "bench/table/harness.hpp"
#include "table/mapping.hpp"

#include <array>
#include <atomic>
#include <map>
#include <mutex>
#include <new>
#include <utility>
#include <vector>

namespace tokend::bench {

// Memory for one library, from huge pages as ours. Each thread keeps a list of freed small pieces by size, without a
// lock, so that no library pays for a general allocator.
class huge_arena
{
public:
    explicit huge_arena(std::size_t bytes) : memory_{bytes} {}

    void* allocate(std::size_t bytes)
    {
        if (bytes > largest_small)
            return allocate_large(bytes);
        auto& free = own().free[(bytes + grain - 1) / grain];
        if (free != nullptr)
            return std::exchange(free, free->next);
        return cut_small((bytes + grain - 1) / grain * grain);
    }
    void deallocate(void* piece, std::size_t bytes) noexcept
    {
        if (bytes > largest_small)
            return deallocate_large(piece, bytes);
        auto& free = own().free[(bytes + grain - 1) / grain];
        free = new (piece) freed{free};
    }

private:
    static constexpr std::size_t grain = 16;
    static constexpr std::size_t largest_small = 256;
    static constexpr std::size_t chunk = 1 << 20;

    struct freed
    {
        freed* next;
    };
    struct alignas(64) own_lists
    {
        std::array<freed*, largest_small / grain + 1> free{};
        std::byte* at = nullptr;  // in the chunk from which small pieces are cut
        std::byte* end = nullptr;
    };

    own_lists& own() { return lists_[thread_number]; }

    void* cut_small(std::size_t bytes)
    {
        auto& mine = own();
        if (static_cast<std::size_t>(mine.end - mine.at) < bytes)
        {
            mine.at = cut(chunk);
            mine.end = mine.at + chunk;
        }
        return std::exchange(mine.at, mine.at + bytes);
    }
    std::byte* cut(std::size_t bytes)
    {
        auto const at = top_.fetch_add((bytes + 63) / 64 * 64);
        if (at + bytes > memory_.size())
            throw std::bad_alloc{};
        return memory_.data() + at;
    }
    void* allocate_large(std::size_t bytes)
    {
        std::lock_guard const lock{mutex_};
        auto& free = large_[bytes];
        if (free.empty())
            return cut(bytes);
        auto* const piece = free.back();
        free.pop_back();
        return piece;
    }
    void deallocate_large(void* piece, std::size_t bytes) noexcept
    {
        std::lock_guard const lock{mutex_};
        large_[bytes].push_back(piece);
    }

    mapping const memory_;
    std::atomic<std::size_t> top_ = 0;
    std::array<own_lists, most_threads> lists_;
    std::mutex mutex_;  // guards the members below
    std::map<std::size_t, std::vector<void*>> large_;
};

template <class T>
class huge_allocator
{
public:
    using value_type = T;

    explicit huge_allocator(huge_arena& from) noexcept : from_{&from} {}
    template <class Other>
    huge_allocator(huge_allocator<Other> const& other) noexcept
        : from_{other.from_}  // not explicit, as the standard requires
    {}

    T* allocate(std::size_t count) { return static_cast<T*>(from_->allocate(count * sizeof(T))); }
    void deallocate(T* piece, std::size_t count) noexcept { from_->deallocate(piece, count * sizeof(T)); }

    template <class Other>
    bool operator==(huge_allocator<Other> const& other) const noexcept
    {
        return from_ == other.from_;
    }

private:
    template <class>
    friend class huge_allocator;
    huge_arena* from_;
};

// Enough for every library; untouched memory costs nothing.
inline std::size_t library_bytes(std::size_t capacity) { return 256 * capacity + (std::size_t{256} << 20); }

}  // namespace tokend::bench

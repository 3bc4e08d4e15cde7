#pragma once

#include <array>
#include <atomic>
#include <bit>
#include <cstdint>
#include <memory>
#include <span>

namespace tokend {

// A hash table from the hashes of a principal and its owner, 96 bits in all, to the number of its record. It grows when
// it is more than three quarters full and shrinks when it is less than one quarter full. Linear probing without
// tombstones. Not thread-safe, except for prefetch().
class record_names
{
public:
    [[nodiscard]] std::uint32_t find(std::uint64_t name, std::uint64_t owner) const noexcept;  // 0: unknown

    // Returns false if there is no memory. REQUIRES: the name is unknown; `record` is not 0.
    [[nodiscard]] bool insert(std::uint64_t name, std::uint64_t owner, std::uint32_t record) noexcept;

    void erase(std::uint64_t name, std::uint64_t owner) noexcept;  // REQUIRES: the name is known

    // Fetches the memory of the name into the cache. Thread-safe.
    [[gnu::always_inline]] void prefetch(std::uint64_t name) const noexcept
    {
        auto const hint = hint_.load(std::memory_order_relaxed);
        auto const size = std::uintptr_t{1} << (hint & (alignment - 1));
        __builtin_prefetch(
            reinterpret_cast<void const*>((hint & ~(alignment - 1)) + (name & (size - 1)) * sizeof(entry)));
    }

    // Calls `use(record)` for each.
    template <class Use>
    void for_each(Use&& use) const
    {
        for (std::size_t i = 0; i < size_; ++i)
            if (auto const record = at(i).record; record != 0)
                use(record);
    }

    std::size_t size() const noexcept { return used_; }
    std::size_t bytes_used() const noexcept { return size_ * sizeof(entry); }
    static constexpr std::size_t most_bytes_each = 64;  // names, with `least_bytes` for all
    static constexpr std::size_t least_bytes = 128;     // once there has been a name

private:
    static constexpr std::size_t alignment = 64;

    static constexpr std::size_t least = 8;  // entries

    struct entry
    {
        std::uint64_t name;
        std::uint32_t owner;   // the half that does not choose the stripe
        std::uint32_t record;  // 0: free
    };
    static_assert(least_bytes == least * sizeof(entry) && most_bytes_each == 4 * sizeof(entry));
    static std::uint32_t upper(std::uint64_t owner) noexcept { return static_cast<std::uint32_t>(owner >> 32); }

    std::size_t next(std::size_t place) const noexcept { return (place + 1) & (size_ - 1); }
    std::size_t place_of(std::uint64_t name, std::uint64_t owner) const noexcept;
    bool resize(std::size_t size) noexcept;  // REQUIRES: a power of two, more than is used

    static constexpr std::size_t entries_per_block = alignment / sizeof(entry);
    struct alignas(alignment) block
    {
        std::array<entry, entries_per_block> entries;
    };
    entry& at(std::size_t place) const noexcept
    {
        return blocks_[place / entries_per_block].entries[place % entries_per_block];
    }

    std::unique_ptr<block[]> blocks_;
    std::atomic<std::uintptr_t> hint_ = 0;  // address of the blocks, and in its low bits the logarithm of size_
    std::size_t size_ = 0;                  // a power of two, or 0
    std::size_t used_ = 0;
};

}  // namespace tokend

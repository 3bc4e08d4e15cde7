#pragma once

#include <atomic>
#include <cstdint>

namespace tokend {

// The time at which a principal was last known to be good, in Unix seconds; 0: unknown. It is beside the keeper of the
// record, which find() does not read. It orders nothing, so its operations are relaxed. It is a hint: a late reader may
// see the mark of another principal that has the keeper now. At worst that principal is checked once too often, or one
// interval late. Thread-safe.
class check_mark
{
public:
    std::uint32_t get() const noexcept { return at_.load(std::memory_order_relaxed); }
    void set(std::uint32_t t) noexcept { at_.store(t, std::memory_order_relaxed); }
    void raise(std::uint32_t t) noexcept
    {
        for (auto seen = get(); seen < t && !swap(seen, t); seen = get())
            ;
    }
    // Returns false if the mark is no longer `seen`. Of several callers at once one succeeds.
    bool swap(std::uint32_t seen, std::uint32_t t) noexcept
    {
        return at_.compare_exchange_strong(seen, t, std::memory_order_relaxed);
    }

private:
    std::atomic<std::uint32_t> at_{0};
};

}  // namespace tokend

#pragma once

#include <atomic>
#include <cstdint>

namespace tokend {

// When a principal was last known to be good, in the table's Unix seconds; 0: not known. It stands beside the keeper of the record,
// where no find() looks. It orders nothing, so its operations are relaxed, and it is a hint: whoever comes late may
// meet the mark of another principal that has the keeper now. At worst that one is checked once too often, or an
// interval later. Any thread.
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
    // False: it is no longer `seen`. One of all callers at once succeeds.
    bool swap(std::uint32_t seen, std::uint32_t t) noexcept
    {
        return at_.compare_exchange_strong(seen, t, std::memory_order_relaxed);
    }

private:
    std::atomic<std::uint32_t> at_{0};
};

}  // namespace tokend

#pragma once

#include "table/exploration/machine.hpp"

namespace tokend::exploration {

// Takes the place of std::atomic in the table. It has an address and no value: values are in the memory of the running
// machine.
template <class T>
class model_atomic
{
public:
    model_atomic() = default;
    explicit model_atomic(T) noexcept {}  // cells are 0 at first, or what the stage puts there

    T load(std::memory_order order) const noexcept { return perform({.what = action::load, .order = order}); }
    void store(T value, std::memory_order order) noexcept
    {
        perform({.what = action::store, .order = order, .value = value});
    }
    T exchange(T value, std::memory_order order) noexcept
    {
        return perform({.what = action::exchange, .order = order, .value = value});
    }
    T fetch_add(T value, std::memory_order order) noexcept
    {
        return perform({.what = action::add, .order = order, .value = value});
    }
    T fetch_sub(T value, std::memory_order order) noexcept
    {
        return perform({.what = action::add, .order = order, .value = -std::uint64_t{value}});
    }
    bool compare_exchange_strong(T& expected, T desired, std::memory_order success, std::memory_order failure) noexcept
    {
        auto const seen = perform(
            {.what = action::compare, .order = success, .failure = failure, .value = desired, .expected = expected});
        return std::exchange(expected, seen) == seen;
    }
    // As the strong one. A failure without cause is followed by the same step again, so it adds nothing but steps.
    bool compare_exchange_weak(T& expected, T desired, std::memory_order success, std::memory_order failure) noexcept
    {
        return compare_exchange_strong(expected, desired, success, failure);
    }

    void lock() noexcept { perform({.what = action::lock, .order = std::memory_order_acquire, .value = 1}); }
    void unlock() noexcept { store(0, std::memory_order_release); }

private:
    T perform(atomic_step wanted) const noexcept { return static_cast<T>(machine::running->perform(this, wanted)); }

    alignas(8) std::byte place_[8];
};

}  // namespace tokend::exploration

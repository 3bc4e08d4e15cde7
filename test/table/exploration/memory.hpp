#pragma once

#include "table/exploration/atomic_step.hpp"
#include "table/exploration/digest.hpp"

#include <array>
#include <string_view>

namespace tokend::exploration {

// What threads share. A value, so that a search can come back to it.
class memory
{
public:
    struct answer
    {
        std::uint64_t value = 0;   // that stood there before
        std::string_view wrong{};  // not empty: the step must not be
    };

    // How many answers there can be to a step, none if it has to wait; and the step with one of them.
    virtual unsigned choices(unsigned thread, atomic_step const& wanted) const noexcept = 0;
    virtual answer perform(unsigned thread, atomic_step const& wanted, unsigned choice) noexcept = 0;

    // An operation of the thread begins or ends: who begins knows all that happened to those that had ended.
    virtual void begin(unsigned thread) noexcept = 0;
    virtual void end(unsigned thread) noexcept = 0;

    // All threads know all that happened.
    virtual void settle() noexcept = 0;

protected:
    ~memory() = default;
};

// Each step sees what the step before it left.
class sequential_memory final : public memory
{
public:
    // Nothing is lost if operations begin as late and end as early as they can: that only puts more of them in order.
    static constexpr bool marks_are_steps = false;
    static constexpr bool sweeps_are_ordered = true;

    unsigned choices(unsigned, atomic_step const& wanted) const noexcept override
    {
        return wanted.what != action::lock || values_[wanted.cell] == 0 ? 1 : 0;
    }
    answer perform(unsigned, atomic_step const& wanted, unsigned) noexcept override
    {
        auto& cell = values_[wanted.cell];
        auto const before = cell;
        switch (wanted.what)
        {
        case action::load:
            return {before};
        case action::compare:
            if (before != wanted.expected)
                return {before};
            [[fallthrough]];
        case action::store:
        case action::exchange:
        case action::lock:
            cell = wanted.value;
            break;
        case action::add:
            cell += wanted.value;
            break;
        }
        sum_ -= digest_of(wanted.cell, before);
        sum_ += digest_of(wanted.cell, cell);
        return {before};
    }
    void begin(unsigned) noexcept override {}
    void end(unsigned) noexcept override {}
    void settle() noexcept override {}

    digest sum() const noexcept { return sum_; }

private:
    static digest digest_of(std::uint8_t cell, std::uint64_t value) noexcept
    {
        digest d;
        d.add(cell);
        d.add(value);
        return d;
    }

    std::array<std::uint64_t, cells> values_{};
    digest sum_;
};

}  // namespace tokend::exploration

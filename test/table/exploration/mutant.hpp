#pragma once

#include "table/exploration/atomic_step.hpp"

#include <array>
#include <cstdint>
#include <string_view>

namespace tokend::exploration {

// A way to do some of the table's steps wrong.
struct mutant
{
    enum class fault
    {
        changed,    // a step is another one
        dropped,    // it is not done, and a compare-exchange says that it was
        postponed,  // so too, but done after the next step that is `until`
        torn,       // an exchange or a compare-exchange is a load and, if it is due, a store
        repeated    // a load of life is not done: it answers as the operation's last acquiring load of that life did
    };

    std::string_view name;
    fault what;
    bool (*meant)(atomic_step const&);            // by the fault
    bool (*until)(atomic_step const&) = nullptr;  // for postponed
    void (*change)(atomic_step&) = nullptr;       // for changed
};

// What the fault needs to know within one operation.
class deviation
{
public:
    explicit deviation(mutant const* of) noexcept : mutant_{of} {}

    void begin() noexcept
    {
        if (mutant_ == nullptr)
            return;
        seen_ = {};
        postponed_count_ = 0;
    }

    // Does what the mutant makes of a step, by steps that `perform` does.
    template <class Perform>
    std::uint64_t operator()(atomic_step wanted, Perform&& perform) noexcept
    {
        using enum mutant::fault;
        if (mutant_ == nullptr)
            return perform(wanted);
        wanted.after = last_;
        last_ = wanted.of;
        if (mutant_->meant(wanted))
            switch (mutant_->what)
            {
            case changed:
                mutant_->change(wanted);
                break;
            case postponed:
                postponed_[postponed_count_++] = wanted;
                [[fallthrough]];
            case dropped:
                return wanted.expected;
            case torn:
                return tear(wanted, perform);
            case repeated:
                if (seen_[wanted.cell] != 0)
                    return seen_[wanted.cell];
            }
        auto const answer = perform(wanted);
        if (wanted.of == word::life && wanted.order == std::memory_order_acquire)
            seen_[wanted.cell] = answer;
        if (mutant_->what == postponed && mutant_->until(wanted))
            catch_up(perform);
        return answer;
    }

private:
    template <class Perform>
    static std::uint64_t tear(atomic_step wanted, Perform& perform) noexcept
    {
        auto half = wanted;
        half.what = action::load;
        auto const answer = perform(half);
        half.what = action::store;
        if (wanted.what == action::exchange || answer == wanted.expected)
            perform(half);
        return answer;
    }

    template <class Perform>
    void catch_up(Perform& perform) noexcept
    {
        for (std::size_t i = 0; i < postponed_count_; ++i)
        {
            auto put_off = postponed_[i];
            if (put_off.what == action::compare)
            {
                put_off.what = action::add;
                put_off.value -= put_off.expected;
            }
            perform(put_off);
        }
        postponed_count_ = 0;
    }

    mutant const* const mutant_;
    word last_ = word::a;
    std::array<std::uint64_t, cells> seen_{};
    std::array<atomic_step, 8> postponed_;
    std::size_t postponed_count_ = 0;
};

}  // namespace tokend::exploration

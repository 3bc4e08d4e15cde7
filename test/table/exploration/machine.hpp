#pragma once

#include "table/exploration/answer_tree.hpp"
#include "table/exploration/happening.hpp"
#include "table/exploration/memory.hpp"
#include "table/exploration/mutant.hpp"

#include <csetjmp>
#include <cstdint>
#include <string_view>
#include <vector>

namespace tokend::exploration {

// A thread before its next step.
struct standing
{
    unsigned thread;
    answer_tree::node at;
    unsigned choice;     // among the answers to that step
    footprint others{};  // what other threads may still touch
    unsigned stale = 0;  // steps of the operation that may see what is not the newest
    footprint alone{};   // what was touched in the belief that others do not
};

// Lets an operation of the table stop before an atomic step and go on later: it is begun anew, its first steps are
// answered as they were, one more is done in memory, and before the next it is left by longjmp. So it must be a
// function of the answers, and have no destructors that matter.
class machine
{
public:
    // The atomics stand in `places`, one in each cell.
    machine(void const* places, answer_tree& known, mutant const* wrong) noexcept
        : places_{places}, tree_{known}, deviation_{wrong}
    {}

    static inline machine* running = nullptr;  // for the atomics

    // One step of `operation`, and those that follow it and cannot concern another thread. Returns whether it came to
    // its end.
    template <class Operation>
    bool advance(memory& shared, standing& where, Operation&& operation)
    {
        start(shared, &where);
        if (setjmp(left_) != 0)
            return false;
        operation();
        return true;
    }

    // All steps at once.
    template <class Operation>
    void run(memory& shared, Operation&& operation)
    {
        start(shared, nullptr);
        operation();
    }

    // For the atomics.
    std::uint64_t perform(void const* place, atomic_step wanted) noexcept;

    // Of the last advance. No choice: the thread has to wait, and nothing was done.
    unsigned choices() const noexcept { return choices_; }
    std::string_view wrong() const noexcept { return wrong_; }

    // Was one of these beliefs wrong?
    bool has_news() const noexcept { return has_news_; }
    void forget_news() noexcept { has_news_ = false; }

    journal done;  // by advances; kept for who cuts it when it goes back

private:
    static constexpr std::size_t longest = 100;  // steps of an operation

    void start(memory& shared, standing* where) noexcept;
    std::uint64_t step(atomic_step const& wanted) noexcept;
    std::uint64_t new_step(atomic_step const& wanted) noexcept;
    unsigned choices_for(atomic_step const& wanted) const noexcept;
    bool concerns_others(atomic_step const& wanted) const noexcept;
    [[noreturn]] void leave() noexcept { std::longjmp(left_, 1); }

    void const* const places_;
    answer_tree& tree_;
    std::jmp_buf left_;
    memory* shared_ = nullptr;
    standing* where_ = nullptr;
    std::vector<std::uint64_t> to_replay_;  // the next at its end
    std::size_t steps_ = 0;
    std::size_t new_steps_ = 0;
    unsigned choices_ = 1;
    std::string_view wrong_;
    bool has_news_ = false;
    deviation deviation_;
};

}  // namespace tokend::exploration

#include "table/exploration/machine.hpp"

#include "table/exploration/places.hpp"

#include <algorithm>

namespace tokend::exploration {

void machine::start(memory& shared, standing* where) noexcept
{
    running = this;
    shared_ = &shared;
    where_ = where;
    new_steps_ = 0;
    wrong_ = {};
    deviation_.begin();
    if (where != nullptr)
        tree_.trace(where->at, to_replay_);
    steps_ = to_replay_.size();
}

std::uint64_t machine::perform(void const* place, atomic_step wanted) noexcept
{
    auto const offset = static_cast<std::byte const*>(place) - static_cast<std::byte const*>(places_);
    wanted.cell = static_cast<std::uint8_t>(offset / 8);
    wanted.of = word_in(wanted.cell);
    return deviation_(wanted, [this](atomic_step const& changed) { return step(changed); });
}

std::uint64_t machine::step(atomic_step const& wanted) noexcept
{
    if (where_ == nullptr)
        return shared_->perform(0, wanted, 0).value;
    if (!to_replay_.empty())
    {
        auto const answer = to_replay_.back();
        to_replay_.pop_back();
        return answer;
    }
    if (new_steps_ > 0 && concerns_others(wanted))
        leave();
    return new_step(wanted);
}

std::uint64_t machine::new_step(atomic_step const& wanted) noexcept
{
    auto const cell = std::uint64_t{1} << wanted.cell;
    footprint const touches{cell, wanted.writes() ? cell : 0};
    has_news_ |= tree_.learn(where_->at, touches);
    if (new_steps_ > 0)
        where_->alone.add(touches);
    if (new_steps_ == 0)
        choices_ = choices_for(wanted);
    if (choices_ == 0)
        leave();
    auto const [answer, wrong] = shared_->perform(where_->thread, wanted, new_steps_ == 0 ? where_->choice : 0);
    wrong_ = ++steps_ > longest ? "an operation does not end" : wrong;
    if (!wrong_.empty())
        leave();
    ++new_steps_;
    done.push_back({.thread = where_->thread, .step = wanted, .answer = answer});
    where_->at = tree_.next(where_->at, answer);
    return answer;
}

// Could it be told, by what it answers or by what others are answered, whether the step was done now or later?
bool machine::concerns_others(atomic_step const& wanted) const noexcept
{
    auto const cell = std::uint64_t{1} << wanted.cell;
    return ((wanted.writes() ? where_->others.touched : where_->others.written) & cell) != 0 ||
           choices_for(wanted) != 1;
}

unsigned machine::choices_for(atomic_step const& wanted) const noexcept
{
    auto const all = shared_->choices(where_->thread, wanted);
    return steps_ < where_->stale ? all : std::min(all, 1U);
}

}  // namespace tokend::exploration

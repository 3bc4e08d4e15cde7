#include "base/commit_queue.hpp"

#include <cassert>

namespace tokend {

waiter_list::~waiter_list()
{
    all_.clear_and_dispose([](commit_waiter* w) { delete w; });
}

std::unique_ptr<commit_waiter> waiter_list::pop() noexcept
{
    assert(!empty());
    std::unique_ptr<commit_waiter> first{&all_.front()};
    all_.pop_front();
    return first;
}

void waiter_list::notify(bool done) noexcept
{
    while (!empty())
    {
        auto first = pop();
        auto& who = *first;
        who.notify(std::move(first), done);
    }
}

template <class Is>
void commit_queue::take_while(waiter_list& from, Is is_due, waiter_list& out) noexcept
{
    while (!from.empty() && is_due(from.front()))
        out.push(from.pop());
}

void commit_queue::add(durability how, std::uint64_t unit, clock_time now, std::unique_ptr<commit_waiter> who) noexcept
{
    assert(who != nullptr);
    assert(of(how).empty() || of(how).back().notes.unit <= unit);
    who->notes = {unit, now};
    of(how).push(std::move(who));
}

void commit_queue::take(durability how, std::uint64_t unit, waiter_list& out) noexcept
{
    take_while(
        of(how), [unit](commit_waiter const& w) { return w.notes.unit <= unit; }, out);
}

void commit_queue::take_older(clock_time than, waiter_list& out) noexcept
{
    auto const older = [than](commit_waiter const& w) { return w.notes.since < than; };
    take_while(written_, older, out);
    take_while(on_disk_, older, out);
}

void commit_queue::take_all(waiter_list& out) noexcept
{
    auto const all = [](commit_waiter const&) { return true; };
    take_while(written_, all, out);
    take_while(on_disk_, all, out);
}

}  // namespace tokend

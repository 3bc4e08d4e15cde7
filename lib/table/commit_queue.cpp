#include "table/commit_queue.hpp"

#include <utility>

namespace tokend {
namespace {

template <class Waiters, class Is>
void take_while(Waiters& from, Is is_due, std::vector<commit_queue::told>& out)
{
    for (; !from.empty() && is_due(from.front()); from.pop_front())
        out.push_back(std::move(from.front().done));
}

}  // namespace

void commit_queue::add(durability how, std::uint64_t unit, clock_time now, told done)
{
    of(how).push_back({unit, now, std::move(done)});
}

void commit_queue::take(durability how, std::uint64_t unit, std::vector<told>& out)
{
    take_while(
        of(how), [unit](waiter const& w) { return w.unit <= unit; }, out);
}

void commit_queue::take_older(clock_time than, std::vector<told>& out)
{
    auto const older = [than](waiter const& w) { return w.since < than; };
    take_while(written_, older, out);
    take_while(on_disk_, older, out);
}

void commit_queue::take_all(std::vector<told>& out)
{
    auto const all = [](waiter const&) { return true; };
    take_while(written_, all, out);
    take_while(on_disk_, all, out);
}

}  // namespace tokend

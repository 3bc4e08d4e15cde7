#include "table/history/order_search.hpp"

#include "table/history/calls.hpp"

#include <algorithm>
#include <bitset>

namespace tokend::testing {
namespace {

// A table for one token that does one call after the other.
struct sequential_table
{
    operation held{};  // its insert
    bool inserted = false;
    bool ended = false;
    std::uint32_t expires = 0;

    bool live() const { return inserted && !ended; }

    // The call as this table answers it.
    operation answer(operation call)
    {
        using enum operation::kind;
        bool const found = live() && expires > call.now;
        call.done = call.what == insert ? !inserted : found;
        if (call.what == insert)
            *this = {.held = call, .inserted = true, .ended = ended, .expires = call.expires};
        else if (call.what == erase)
            ended = ended || live();
        else if (call.what == sweep)
            ended = ended || (live() && !found);
        else if (call.what == touch && found)
            expires = std::max(expires, call.expires);
        else if (call.what == find && found)
        {
            call.expires = expires;
            call.issued = held.issued;
            call.principal = held.principal;
        }
        return call;
    }
    bool answers(operation const& call)
    {
        auto const mine = answer(call);
        return mine.done == call.done && mine.expires == call.expires && mine.issued == call.issued &&
               mine.principal == call.principal;
    }
};

class order_search
{
public:
    order_search(std::span<operation const> calls, removals const& removed) : calls_{calls}, removed_{removed} {}

    bool found(sequential_table const& so_far, std::bitset<16> placed)
    {
        if (placed.count() == calls_.size())
            return true;
        auto next = never;
        for (std::size_t i = 0; i < calls_.size(); ++i)
            if (!placed[i])
                next = std::min(next, calls_[i].end);
        if (so_far.live() && since(so_far.expires) <= next)
        {
            auto without = so_far;
            without.ended = true;
            if (found(without, placed))
                return true;
        }
        for (std::size_t i = 0; i < calls_.size(); ++i)
            if (auto then = so_far; !placed[i] && calls_[i].begin <= next && then.answers(calls_[i]) &&
                                    found(then, std::bitset{placed}.set(i)))
                return true;
        return false;
    }

private:
    moment since(std::uint32_t expires) const  // it can have been removed unseen
    {
        auto first = removed_.since(expires);
        for (auto const& call : calls_)
            if (call.what == operation::kind::erase && !call.done && call.now >= expires)
                first = std::min(first, call.begin);
        return first;
    }

    std::span<operation const> const calls_;
    removals const& removed_;
};

}  // namespace

bool has_order(std::span<operation const> calls, removals const& removed)
{
    return order_search{calls, removed}.found({}, {});
}

std::vector<operation> random_histories::next()
{
    sequential_table table;
    std::vector<operation> history;
    auto const count = 2 + below(7);
    auto const insert_at = below(4) == 0 ? below(count) : 0;
    for (std::uint32_t i = 0; i < count; ++i)
    {
        auto call = table.answer(i == insert_at ? calls::insert({}, 104) : any_call());
        moment const when = 100 + 2 * i;
        call.begin = when - below(6);
        call.end = when + below(6);
        history.push_back(call);
    }
    for (auto changes = below(4); changes > 0; --changes)
        distort(history[below(count)]);
    return history;
}

operation random_histories::any_call()
{
    auto const now = 100 + below(9);
    operation const kinds[] = {calls::hit({}, 0, now),
                               calls::hit({}, 0, now),
                               calls::touch({}, now + 1 + below(5), now),
                               calls::touch({}, now + 1 + below(5), now),
                               calls::erase({}, now),
                               calls::sweep({}, now)};
    return kinds[below(6)];
}

void random_histories::distort(operation& call)
{
    using enum operation::kind;
    switch (below(3))
    {
    case 0:
        if (call.what != insert && call.what != sweep)
            call.done = !call.done;
        break;
    case 1:
        if (call.what == find && call.done)
            call.expires = 104 + below(8);
        break;
    default:
        call.begin += below(12);
        call.end = call.begin + below(3);
    }
}

}  // namespace tokend::testing

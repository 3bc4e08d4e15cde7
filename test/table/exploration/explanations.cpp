#include "table/exploration/explanations.hpp"

#include "table/slot_table.hpp"

#include <algorithm>
#include <utility>

namespace tokend::exploration {
namespace {

using kind = operation::kind;

constexpr unsigned nowhere = keys;

}  // namespace

explanations::explanations(program const& explained, bool sweeps_are_ordered)
    : program_{explained}, sweeps_are_ordered_{sweeps_are_ordered}, sets_(1)
{
    possibility p{};
    for (unsigned number = 1; number <= explained.where.keys; ++number)
        p.map[number] = {expiry, 1U << (number - 1), number};
    number_of({p});
}

explanations::set explanations::after(set before, ending const& end)
{
    digest sum;
    sum.add(before);
    sum.add(end.thread);
    for (auto const running : end.running)
        sum.add(running);
    end.said.add_to(sum);
    if (auto const known = after_.find(sum); known != after_.end())
        return known->second;
    possibilities out;
    for (auto const& p : sets_[before])
        conclude(p, end, out);
    return after_[sum] = number_of(std::move(out));
}

explanations::set explanations::number_of(possibilities maps)
{
    if (maps.empty())
        return none;
    std::ranges::sort(maps);
    maps.erase(std::unique(maps.begin(), maps.end()), maps.end());
    digest sum;
    for (auto const& p : maps)
    {
        for (auto const& e : p.map)
            sum.add(std::uint64_t{e.expires} << 32 | e.slots << 8 | e.content);
        for (auto const& e : p.effects)
        {
            sum.add(e.taken);
            e.answer.add_to(sum);
        }
    }
    auto const [known, fresh] = numbers_.try_emplace(sum, static_cast<set>(sets_.size()));
    if (fresh)
        sets_.push_back(std::move(maps));
    return known->second;
}

// Adds what can be after the end, if others that run may take effect before this one does.
void explanations::conclude(possibility p, ending const& end, possibilities& out) const
{
    auto const operation_of = [&](std::size_t t) -> auto const& { return program_.threads[t][end.running[t]]; };
    if (auto& own = p.effects[end.thread]; own.taken)
    {
        auto said = end.said;
        if (!said.done && !sweeps_are_ordered_)
            said.soonest = outcome{}.soonest;
        auto const slot = std::exchange(said.slot, 0);
        auto const& o = operation_of(end.thread);
        if (std::exchange(own, {}).answer != said)
            return;
        if (o.what != kind::insert || p.map[o.number].expires == 0 || place(p, o.number, slot))
            out.push_back(p);
        return;
    }
    for (std::size_t t = 0; t < end.running.size(); ++t)
        if (end.running[t] != ending::none && !p.effects[t].taken)
        {
            possibilities then;
            take_effect(p, static_cast<unsigned>(t), operation_of(t), then);
            for (auto const& next : then)
                conclude(next, end, out);
        }
}

// Adds what can be after the operation has taken effect.
void explanations::take_effect(possibility p, unsigned thread, operation const& o, possibilities& out) const
{
    if (o.what == kind::sweep || o.what == kind::look)
        return take_effect_on_slot(p, thread, o, out);
    auto& held = p.map[o.number];
    auto& [taken, answer] = p.effects[thread];
    taken = true;
    switch (o.what)
    {
    case kind::insert:
        if (program_.where.credits)
            out.push_back(p);  // refused
        answer.done = true;
        held = {o.expires, (1U << program_.where.pairs * 4) - 1, o.number};
        break;
    case kind::find:
    case kind::erase:
        if (held.expires > (o.what == kind::find ? early : 0))
            answer = {.done = true,
                      .issued = issue,
                      .expires = held.expires,
                      .content = o.what == kind::find ? held.content : o.number};
        if (o.what == kind::erase)
            held = {};
        break;
    case kind::replace:
        held.content = held.expires != 0 ? replacement : 0;
        break;
    case kind::touch:
        answer.done = held.expires > early;
        held.expires = answer.done ? std::max(held.expires, o.expires) : held.expires;
        break;
    default:
        break;
    }
    out.push_back(p);
}

// Which key stands in the slot is perhaps not known yet.
void explanations::take_effect_on_slot(possibility const& p, unsigned thread, operation const& o,
                                       possibilities& out) const
{
    if (o.what == kind::sweep && !sweeps_are_ordered_)
    {
        out.push_back(p);
        out.back().effects[thread].taken = true;
    }
    for (unsigned number = 1; number <= nowhere; ++number)
    {
        auto next = p;
        if (!place(next, number, o.number))
            continue;
        auto& [taken, answer] = next.effects[thread];
        taken = true;
        if (auto const expires = number == nowhere ? 0 : next.map[number].expires; expires != 0)
        {
            auto const key = static_cast<std::uint8_t>(number);
            if (o.what == kind::look)
                answer = {
                    .done = true, .key = key, .issued = issue, .expires = expires, .content = next.map[number].content};
            else if (expires > late)
                answer.soonest = expires;
            else
            {
                answer = {.done = true, .key = key, .content = number};
                next.map[number] = {};
            }
        }
        out.push_back(next);
    }
}

// The key, live, stands in this slot, and no other does. False: that cannot be.
bool explanations::place(possibility& p, unsigned number, unsigned slot)
{
    auto const here = 1U << slot;
    for (unsigned other = 1; other < keys; ++other)
    {
        auto& e = p.map[other];
        e.slots &= other == number ? here : ~here;
        if (e.slots == 0 && (other == number || e.expires != 0))
            return false;
    }
    return true;
}

bool explanations::allow(set maps, std::span<outcome const> looks) const
{
    return std::ranges::any_of(sets_[maps], [&](possibility const& p) { return holds(p, looks); });
}

bool explanations::holds(possibility const& p, std::span<outcome const> looks)
{
    for (unsigned number = 1; number < keys; ++number)
    {
        auto const& e = p.map[number];
        auto const at = std::ranges::find(looks, number, &outcome::key);
        if (at == looks.end() ? e.expires != 0
                              : e.expires != at->expires || (e.slots >> (at - looks.begin()) & 1) == 0 ||
                                    at->content != e.content || at->issued != issue)
            return false;
    }
    return true;
}

}  // namespace tokend::exploration

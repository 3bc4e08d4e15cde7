#include "table/history/capacity_check.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace tokend::testing {
namespace {

using enum operation::kind;

// How many are present at a moment, given from when to when each is.
class attendance
{
public:
    void add(moment from, moment to)  // both included
    {
        if (from > to)
            return;
        steps_.push_back({from, 1});
        if (to != never)
            steps_.push_back({to + 1, -1});
    }
    void close()
    {
        // Who leaves goes first, so that no sum is above what is true of some moment.
        std::ranges::sort(steps_, {}, [](auto const& s) { return std::pair{s.when, s.present}; });
        std::ptrdiff_t present = 0;
        for (auto& s : steps_)
            s.present = present += s.present;
    }
    std::size_t most(moment from, moment to) const
    {
        auto here = std::ranges::upper_bound(steps_, from, {}, &step::when);
        auto most = here == steps_.begin() ? 0 : std::prev(here)->present;
        for (; here != steps_.end() && here->when <= to; ++here)
            most = std::max(most, here->present);
        return static_cast<std::size_t>(most);
    }

private:
    struct step
    {
        moment when;
        std::ptrdiff_t present;  // before close(): the change
    };
    std::vector<step> steps_;
};

// Calls by their begin, with what holds for all before or all after.
class timeline
{
public:
    template <class Wanted>
    timeline(std::span<operation const> calls, Wanted wanted)
    {
        for (auto const& call : calls)
            if (wanted(call))
            {
                entries_.push_back({&call, call.now, call.end});
                ends_.push_back(call.end);
            }
        std::ranges::sort(entries_, {}, begin);
        std::ranges::sort(ends_);
        for (std::size_t i = 1; i < entries_.size(); ++i)
            entries_[i].ended = std::max(entries_[i].ended, entries_[i - 1].ended);
        for (auto i = entries_.size(); i > 1; --i)
            entries_[i - 2].least_now = std::min(entries_[i - 2].least_now, entries_[i - 1].least_now);
    }

    // The first call from which on all pass a `now` of at least `second`; null: there is none.
    operation const* first_knowing(std::uint32_t second, moment after = 0) const
    {
        auto const knowing = std::ranges::lower_bound(entries_, second, {}, &entry::least_now);
        auto const later = std::ranges::upper_bound(entries_, after, {}, begin);
        auto const first = std::max(knowing, later);
        return first != entries_.end() ? first->call : nullptr;
    }

    // The begin of the last call that passes a `now` before `second`; 0: there is none.
    moment last_ignorant(std::uint32_t second) const
    {
        auto const knowing = std::ranges::lower_bound(entries_, second, {}, &entry::least_now);
        return knowing != entries_.begin() ? std::prev(knowing)->call->begin : 0;
    }

    // When all calls have returned that began before.
    moment settled(moment when) const
    {
        auto const next = std::ranges::upper_bound(entries_, when, {}, begin);
        return next != entries_.begin() ? std::max(when, std::prev(next)->ended) : when;
    }

    std::size_t overlapping(operation const& call) const
    {
        auto const begun = std::ranges::upper_bound(entries_, call.end, {}, begin) - entries_.begin();
        auto const over = std::ranges::lower_bound(ends_, call.begin) - ends_.begin();
        return static_cast<std::size_t>(begun - over);
    }

private:
    struct entry
    {
        operation const* call;
        std::uint32_t least_now;  // of this and all later ones
        moment ended;             // this and all earlier ones
    };
    static moment begin(entry const& e) { return e.call->begin; }

    std::vector<entry> entries_;
    std::vector<moment> ends_;
};

class capacity_check
{
public:
    capacity_check(std::span<operation const> calls, std::span<token_life const> lives)
        : calls_{calls},
          inserts_{calls, [](auto& call) { return call.what == insert; }},
          laps_{calls, [](auto& call) { return call.what == sweep; }},
          enders_{calls, [](auto& call) { return removes(call) || (call.what == erase && !call.done); }}
    {
        for (auto const& life : lives)
            if (life.insert != nullptr)
                count(life);
        certain_.close();
        possible_.close();
        unexpired_.close();
    }

    capacity_verdict verdict(std::size_t capacity) const
    {
        if (certain_.most(0, never) > capacity)
            return {.wrong = "more tokens than the capacity"};
        capacity_verdict result;
        for (auto const& call : calls_)
            if (call.what == insert && !call.done)
            {
                auto const strict = laps_.overlapping(call) == 0;
                result.strictly += strict;
                if ((strict ? unexpired(call) : possible_.most(call.begin, call.end)) < capacity)
                    return {.wrong = "refused, though there was room", .at = &call, .strictly = result.strictly};
            }
        return result;
    }

private:
    void count(token_life const& life)
    {
        auto const& inserted = *life.insert;
        if (life.earliest_end > inserted.end)
            certain_.add(inserted.end + 1, life.earliest_end == never ? never : life.earliest_end - 1);
        auto const returned = credit_returned(life);
        possible_.add(inserted.begin, returned);
        unexpired_.add(inserted.begin, life.erase != nullptr ? returned : std::min(returned, expiry_known(life)));
    }
    std::size_t unexpired(operation const& refused) const
    {
        auto const inserts = inserts_.overlapping(refused) - 1;  // without itself
        auto const enders = enders_.overlapping(refused) - 1;
        return unexpired_.most(refused.begin, refused.end) + enders + inserts;
    }
    moment credit_returned(token_life const& life) const
    {
        if (life.erase != nullptr)
            return life.erase->end;
        auto const* lap = laps_.first_knowing(life.expires, life.insert->end);
        return lap != nullptr ? enders_.settled(lap->end) : never;
    }
    // Of all inserts that begin later. Two may begin at one moment, and one of them know it.
    moment expiry_known(token_life const& life) const
    {
        return std::max(life.insert->end, inserts_.last_ignorant(life.expires));
    }

    std::span<operation const> const calls_;
    timeline inserts_;
    timeline laps_;
    timeline enders_;
    attendance certain_;
    attendance possible_;
    attendance unexpired_;
};

}  // namespace

capacity_verdict check_capacity(std::span<operation const> calls, std::span<token_life const> lives,
                                std::size_t capacity)
{
    return capacity_check{calls, lives}.verdict(capacity);
}

}  // namespace tokend::testing

// The moments of insert and end can be chosen at once, then those at which the expiry grew, in order.
//
// The end comes as early as possible: when all calls that found the token have begun, and not before it was allowed.
// Touches that succeeded come before it, so the expiry it meets is the highest. Nothing is lost: from an order with a
// later end, draw what comes after the earlier one to it. A failed call that this leaves without a reason, because the
// expiry has grown too early for it, began after the earlier end, which is a reason. The insert comes as late as
// possible, for the same reason mirrored.
//
// The expiry climbs from level to level, those that touches asked for. A level is skipped when the expiry goes past it
// in one step. Each call bounds the moment at which a level is reached or passed: a hit comes after that of its level
// and before the next one's; a touch that succeeded, not before that of its level; a failed call, before that of the
// first level after its `now`. A level that was seen cannot be skipped, and a step needs a touch that the level below
// it allowed. To reach a level earlier never hinders what follows, so one pass from low to high decides.
#include "table/history/token_check.hpp"

#include <algorithm>
#include <vector>

namespace tokend::testing {
namespace {

using enum operation::kind;

class life_check
{
public:
    life_check(std::span<operation const> calls, removals const& removed) : calls_{calls}, removed_{removed} {}

    token_verdict verdict()
    {
        meet_ends();
        if (life_.insert != nullptr)
        {
            collect_levels();
            place_ends();
            for (auto const& call : calls_)
                call.done ? bound_by_success(call) : bound_by_failure(call);
            climb();
        }
        return {wrong_, life_};
    }

private:
    struct level
    {
        std::uint32_t expires;
        moment not_before = 0;  // it can be reached, and
        moment not_after = never;
        bool seen = false;  // by a hit
    };

    void require(bool holds, std::string_view otherwise)
    {
        if (!holds && wrong_.empty())
            wrong_ = otherwise;
    }

    void meet_ends()
    {
        for (auto const& call : calls_)
            if (call.done && call.what == insert)
            {
                require(life_.insert == nullptr, "inserted twice");
                life_.insert = &call;
            }
            else if (call.done && call.what == erase)
            {
                require(life_.erase == nullptr, "erased twice");
                life_.erase = &call;
            }
        require(life_.insert != nullptr || std::ranges::none_of(calls_, &operation::done), "seen, but never inserted");
    }

    void collect_levels()
    {
        auto const first = life_.insert->expires;
        levels_.push_back({first});
        for (auto const& call : calls_)
            if (call.done && call.what == touch && call.expires > first)
                levels_.push_back({call.expires});
        std::ranges::sort(levels_, {}, &level::expires);
        auto const are_same = [](level const& a, level const& b) { return a.expires == b.expires; };
        levels_.erase(std::unique(levels_.begin(), levels_.end(), are_same), levels_.end());
        life_.expires = levels_.back().expires;
    }

    void place_ends()
    {
        auto& end = life_.earliest_end;
        end = life_.erase != nullptr ? 0 : can_be_removed();
        for (auto const& call : calls_)
            if (call.done)
            {
                inserted_ = std::min(inserted_, call.end);
                end = std::max(end, call.begin);
            }
        require(life_.insert->begin <= inserted_, "seen before its insert");
        if (life_.erase != nullptr)
        {
            require(end <= life_.erase->end, "seen after its erase");
            require(life_.erase->now < life_.expires, "erased, though it had expired");
        }
    }

    moment can_be_removed() const
    {
        auto since = removed_.since(life_.expires);
        for (auto const& call : calls_)
            if (call.what == erase && call.now >= life_.expires)
                since = std::min(since, call.begin);
        return since;
    }

    void bound_by_success(operation const& call)
    {
        auto found = first_level_after(call.expires - 1);
        if (call.what == touch)
            lower(found->not_after, call.end);
        if (call.what != find)
            return;
        auto const& inserted = *life_.insert;
        require(call.now < call.expires, "found, though it had expired");
        require(call.principal == inserted.principal && call.issued == inserted.issued, "found as another's");
        if (found == levels_.end() || found->expires != call.expires)
            return require(false, "found with an expiry that nobody asked for");
        found->seen = true;
        lower(found->not_after, call.end);
        if (++found != levels_.end())
            raise(found->not_before, call.begin);
    }

    void bound_by_failure(operation const& call)
    {
        if (call.what == insert || call.what == sweep || call.end >= life_.earliest_end)
            return;
        auto const above = call.what == erase ? levels_.begin() : first_level_after(call.now);
        if (above == levels_.begin())
            require(call.begin <= inserted_, "not found while it lived");
        else if (above != levels_.end())
            raise(above->not_before, call.begin);
    }

    void climb()
    {
        for (auto k = levels_.size() - 1; k > 0; --k)
            lower(levels_[k - 1].not_after, levels_[k].not_after);
        std::vector<moment> reached(levels_.size(), never);
        reached[0] = inserted_;
        for (std::size_t to = 1; to < levels_.size(); ++to)
        {
            moment not_before = 0;  // for all levels above `from`, which are reached together
            for (auto from = to; from-- > 0;)
            {
                raise(not_before, levels_[from + 1].not_before);
                auto const soonest = std::max({reached[from], not_before, first_touch(levels_[from], levels_[to])});
                if (soonest <= levels_[from + 1].not_after)
                    lower(reached[to], soonest);
                if (levels_[from].seen)
                    break;
            }
        }
        require(reached.back() != never, "no order of the touches gives the expiries that were seen");
    }

    moment first_touch(level const& from, level const& to) const
    {
        auto first = never;
        for (auto const& call : calls_)
            if (call.done && call.what == touch && call.expires == to.expires && call.now < from.expires)
                lower(first, call.begin);
        return first;
    }

    std::vector<level>::iterator first_level_after(std::uint32_t second)
    {
        return std::ranges::upper_bound(levels_, second, {}, &level::expires);
    }
    static void lower(moment& bound, moment to) { bound = std::min(bound, to); }
    static void raise(moment& bound, moment to) { bound = std::max(bound, to); }

    std::span<operation const> const calls_;
    removals const& removed_;
    token_life life_;
    moment inserted_ = never;
    std::vector<level> levels_;
    std::string_view wrong_;
};

}  // namespace

removals::removals(std::span<operation const> calls)
{
    for (auto const& call : calls)
        if (removes(call))
        {
            auto const [known, fresh] = since_.try_emplace(call.now, call.begin);
            known->second = std::min(known->second, call.begin);
        }
    auto earliest = never;
    for (auto later = since_.rbegin(); later != since_.rend(); ++later)
        later->second = earliest = std::min(earliest, later->second);
}

moment removals::since(std::uint32_t expires) const
{
    auto const known = since_.lower_bound(expires);
    return known != since_.end() ? known->second : never;
}

token_verdict check_token(std::span<operation const> calls, removals const& removed)
{
    return life_check{calls, removed}.verdict();
}

}  // namespace tokend::testing

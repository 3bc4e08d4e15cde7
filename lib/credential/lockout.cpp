#include "credential/lockout.hpp"

#include "credential/failure_count.hpp"

#include <algorithm>
#include <functional>
#include <mutex>
#include <set>
#include <tuple>
#include <unordered_map>
#include <vector>

namespace tokend {
namespace {

using namespace std::chrono_literals;
using time_point = lockouts::time_point;

// Rounded up: somebody who waits as long as that is let in.
std::chrono::seconds until(time_point end, time_point now)
{
    return std::chrono::ceil<std::chrono::seconds>(end - now);
}

// The key of a count: the name from one network, or, with an empty one, from everywhere.
std::string key_of(std::string_view organisation, std::string_view name, std::string_view network)
{
    std::string key{organisation};
    key.append(1, '\0').append(name);
    return network.empty() ? key : key.append(1, '\0').append(network);
}

// A name has no control characters.
locked_out subject_of(std::string_view key, std::chrono::seconds left)
{
    auto const take = [&] {
        auto const part = key.substr(0, key.find('\0'));
        key.remove_prefix(std::min(part.size() + 1, key.size()));
        return std::string{part};
    };
    locked_out one{.organisation = take(), .name = {}, .network = {}, .left = left};
    one.name = take();
    one.network = take();
    return one;
}

}  // namespace

// A part of the counts under a lock of its own. Counts are sorted by when they can be forgotten and by danger, so that
// nothing is looked for one by one.
class lockouts::shard
{
public:
    explicit shard(std::size_t capacity) : capacity_{capacity} {}

    // Returns how long nobody may try; zero: the guess is noted.
    std::chrono::seconds enter(std::string const& key, std::uint64_t secret, failure_limit const& most, time_point now)
    {
        std::lock_guard const lock{mutex_};
        sweep(now);
        auto& [name, c] = *find_or_make(key);
        change_of const change{*this, name, c};
        if (c.locked_until > now)
            return until(c.locked_until, now);
        auto const same = find_guess(c, secret);
        if (same != c.guesses.end())
        {
            ++same->logins;
            return 0s;
        }
        c.forget_before(now - most.window);
        if (most.bounds_guesses && c.failures.size() + c.guesses.size() >= most.failures)
            return 1s;  // the others will have been answered
        // Each of them may fail, and an end needs no memory.
        c.failures.reserve(c.failures.size() + c.guesses.size() + 1);
        c.guesses.push_back({secret, 1, false});
        return 0s;
    }

    // The login has ended. `failed`: its secret counts, once for all logins with it that are under way.
    std::chrono::seconds leave(std::string const& key, std::uint64_t secret, failure_limit const* failed,
                               time_point now)
    {
        std::lock_guard const lock{mutex_};
        if (failed == nullptr && counts_.find(key) == counts_.end())
            return 0s;
        auto& [name, c] = *find_or_make(key);
        change_of const change{*this, name, c};
        auto const same = find_guess(c, secret);
        bool const counts = failed != nullptr && (same == c.guesses.end() || !std::exchange(same->has_failed, true));
        if (same != c.guesses.end() && --same->logins == 0)
            c.guesses.erase(same);
        return counts ? c.add_failure(*failed, now) : 0s;
    }

    void forgive(std::string const& key)
    {
        std::lock_guard const lock{mutex_};
        auto const found = counts_.find(key);
        if (found == counts_.end())
            return;
        change_of const change{*this, found->first, found->second};
        found->second.failures.clear();
        found->second.locks = 0;
        found->second.locked_until = time_point::min();
    }

    // Calls `use(subject)` for each count that is held.
    template <class Use>
    void for_each(time_point now, Use use) const
    {
        std::lock_guard const lock{mutex_};
        for (auto const& [key, c] : counts_)
            use(subject_of(key, c.locked_until > now ? until(c.locked_until, now) : 0s));
    }

    std::size_t forgive_all(std::function<bool(locked_out const&)> const& is_chosen, time_point now)
    {
        std::vector<std::string> chosen;
        std::size_t locked = 0;
        for_each(now, [&](locked_out const& one) {
            if (!is_chosen(one))
                return;
            chosen.push_back(key_of(one.organisation, one.name, one.network));
            locked += one.left > 0s;
        });
        for (auto const& key : chosen)
            forgive(key);
        return locked;
    }

    std::size_t size() const
    {
        std::lock_guard const lock{mutex_};
        return counts_.size();
    }
    std::size_t locked(time_point now) const
    {
        std::lock_guard const lock{mutex_};
        return static_cast<std::size_t>(
            std::ranges::count_if(counts_, [now](auto const& one) { return one.second.locked_until > now; }));
    }

private:
    using table = std::unordered_map<std::string, failure_count>;
    using order_in_time = std::pair<time_point, std::string const*>;
    using order_of_danger = std::tuple<unsigned, std::size_t, time_point, std::string const*>;

    // Takes a count out of its orders while it changes, and puts it back, or removes it if it is empty. Needs no
    // memory.
    class change_of
    {
    public:
        change_of(shard& in, std::string const& key, failure_count& c)
            : in_{in},
              key_{key},
              count_{c},
              by_time_{in.by_time_.extract({c.forgotten_at, &key})},
              by_danger_{in.by_danger_.extract(danger_of(key, c))}
        {}
        ~change_of()
        {
            if (count_.is_empty())
            {
                in_.counts_.erase(in_.counts_.find(key_));
                return;
            }
            by_time_.value() = {count_.forgotten_at, &key_};
            by_danger_.value() = danger_of(key_, count_);
            in_.by_time_.insert(std::move(by_time_));
            in_.by_danger_.insert(std::move(by_danger_));
        }
        change_of(change_of const&) = delete;

    private:
        shard& in_;
        std::string const& key_;
        failure_count& count_;
        std::set<order_in_time>::node_type by_time_;
        std::set<order_of_danger>::node_type by_danger_;
    };

    static std::vector<tried_secret>::iterator find_guess(failure_count& c, std::uint64_t secret)
    {
        return std::find_if(c.guesses.begin(), c.guesses.end(),
                            [&](tried_secret const& g) { return g.secret == secret; });
    }
    static order_of_danger danger_of(std::string const& key, failure_count const& c)
    {
        return {c.locks, c.failures.size(), c.failures.empty() ? c.locked_until : c.failures.back(), &key};
    }
    void unlist(std::string const& key, failure_count const& c)
    {
        by_time_.erase({c.forgotten_at, &key});
        by_danger_.erase(danger_of(key, c));
    }

    table::iterator find_or_make(std::string const& key)
    {
        auto const found = counts_.find(key);
        if (found != counts_.end())
            return found;
        if (counts_.size() >= capacity_)
            remove(*std::get<3>(*by_danger_.begin()));
        auto const made = counts_.emplace(key, failure_count{}).first;
        auto const& [name, c] = *made;
        try
        {
            by_time_.emplace(c.forgotten_at, &name);
            by_danger_.insert(danger_of(name, c));
        }
        catch (...)
        {
            remove(name);
            throw;
        }
        return made;
    }
    void remove(std::string const& key)
    {
        auto const found = counts_.find(key);
        unlist(found->first, found->second);
        counts_.erase(found);
    }

    // Forgets what has passed, a little at each call.
    void sweep(time_point now)
    {
        for (int n = 0; n < 4 && !by_time_.empty() && by_time_.begin()->first <= now; ++n)
            remove(*by_time_.begin()->second);
    }

    std::size_t const capacity_;
    mutable std::mutex mutex_;  // guards all below
    table counts_;
    std::set<order_in_time> by_time_;
    std::set<order_of_danger> by_danger_;
};

lockouts::lockouts(std::size_t capacity)
{
    for (auto& s : shards_)
        s = std::make_unique<shard>(std::max<std::size_t>(1, capacity / shards));
}

lockouts::~lockouts() = default;

lockouts::shard& lockouts::shard_of(std::string const& key) const { return *shards_[hash_(key) % shards]; }

std::size_t lockouts::size() const
{
    std::size_t sum = 0;
    for (auto const& s : shards_)
        sum += s->size();
    return sum;
}

std::size_t lockouts::locked(time_point now) const
{
    std::size_t sum = 0;
    for (auto const& s : shards_)
        sum += s->locked(now);
    return sum;
}

std::vector<locked_out> lockouts::list(std::size_t most, std::function<bool(locked_out const&)> const& is_chosen,
                                       time_point now) const
{
    auto const lasts_longer = [](locked_out const& a, locked_out const& b) { return a.left > b.left; };
    std::vector<locked_out> found;
    for (auto const& s : shards_)
        s->for_each(now, [&](locked_out one) {
            if (one.left > 0s && is_chosen(one))
                found.push_back(std::move(one));
        });
    std::ranges::sort(found, lasts_longer);
    found.resize(std::min(most, found.size()));
    return found;
}

std::size_t lockouts::unlock(std::function<bool(locked_out const&)> const& is_chosen, time_point now)
{
    std::size_t locked = 0;
    for (auto const& s : shards_)
        locked += s->forgive_all(is_chosen, now);
    return locked;
}

namespace {

failure_limit of_network(lockout_rules const& r, bool is_named) { return {r.failures, r.window, r.time, is_named}; }
failure_limit of_name(lockout_rules const& r) { return {r.name_failures, r.name_window, r.time, true}; }

}  // namespace

std::variant<lockouts::attempt, std::chrono::seconds> lockouts::begin(login_subject const& who,
                                                                      lockout_rules const& rules,
                                                                      std::string_view secret, time_point now)
{
    auto const digest = hash_(secret);
    attempt begun{this, {.is_named = !who.name.empty()}, rules, digest};  // leaves what it has entered
    auto& keys = begun.keys_;
    auto name = key_of(who.organisation, who.name, {});
    auto from_network = name + '\0' + who.network;
    if (rules.name_failures != 0 && keys.is_named)
    {
        if (auto const wait = shard_of(name).enter(name, digest, of_name(rules), now); wait != 0s)
            return wait;
        keys.from_everywhere = std::move(name);
    }
    if (rules.failures != 0)
    {
        auto const most = of_network(rules, keys.is_named);
        if (auto const wait = shard_of(from_network).enter(from_network, digest, most, now); wait != 0s)
            return wait;
        keys.from_network = std::move(from_network);
    }
    return begun;
}

lockouts::attempt::~attempt()
{
    if (of_ == nullptr)
        return;
    for (auto const* const key : {&keys_.from_network, &keys_.from_everywhere})
        if (!key->empty())
            of_->shard_of(*key).leave(*key, secret_, nullptr, {});
}

std::chrono::seconds lockouts::attempt::fail(time_point now)
{
    std::chrono::seconds wait{0};
    if (auto const& key = keys_.from_network; !key.empty())
    {
        auto const most = of_network(rules_, keys_.is_named);
        wait = of_->shard_of(key).leave(key, secret_, &most, now);
    }
    if (auto const& key = keys_.from_everywhere; !key.empty())
    {
        auto const most = of_name(rules_);
        wait = std::max(wait, of_->shard_of(key).leave(key, secret_, &most, now));
    }
    of_ = nullptr;  // without memory for one of these the destructor leaves both
    return wait;
}

void lockouts::attempt::succeed(time_point now)
{
    auto* const of = std::exchange(of_, nullptr);
    if (auto const& key = keys_.from_network; !key.empty())
    {
        of->shard_of(key).leave(key, secret_, nullptr, now);
        if (keys_.is_named)
            of->shard_of(key).forgive(key);
    }
    if (auto const& key = keys_.from_everywhere; !key.empty())
        of->shard_of(key).leave(key, secret_, nullptr, now);
}

}  // namespace tokend

#pragma once

#include "table/chronicle.hpp"
#include "table/tokens.hpp"

#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// What the tests of limits share: a table in which users log in.
namespace tokend::testing {

using std::string_view_literals::operator""sv;

inline constexpr token_limits two{.max_sessions = 2};
inline constexpr token_limits evicting{.max_sessions = 2, .policy = sessions_policy::evict_oldest};

// A user's token for a unit.
struct login
{
    std::string unit = "north";
    std::string user = "alice";
    sys_seconds now = noon;
    seconds life{60};
};

class limited
{
public:
    explicit limited(table_options options = {.capacity = 1000, .stripes = 2}) : kept{options} {}

    insert_result put(token_key key, token_limits const& limits, login const& l = {})
    {
        auto const who = l.user + ' ' + l.unit;
        auto whose = kept.prepare(who, l.user);
        whose.limits = limits;
        whose.address = "192.0.2.7"sv;
        evicted.reset();
        return kept.insert(key, whose, l.now, l.now + l.life, l.now, &evicted);
    }
    insert_result put(token_limits const& limits, login const& l = {}) { return put(random_key(), limits, l); }
    std::size_t count(std::string const& user, sys_seconds now = noon)
    {
        token_walk all{kept, user, [&](std::span<char const> who) {
                           return std::string_view{who.data(), who.size()}.starts_with(user + ' ');
                       }};
        std::size_t sum = 0;
        for (found_token found; all.next(now, found);)
            ++sum;
        return sum;
    }

    table kept;
    std::optional<token_key> evicted;
};

// Writes down what happens, refuses issues when told to, and does other things at the same moment.
struct ledger final : chronicle
{
    chronicle_result add_issue(chronicle_issue const& issue) noexcept override
    {
        if (answer == chronicle_result::done)
            issued.push_back(issue.key);
        std::exchange(at_issue, [] {})();
        return answer;
    }
    void add_touch(token_key, sys_seconds, sys_seconds) noexcept override {}
    void add_end(token_key key) noexcept override
    {
        std::function<void()> once;
        {
            std::lock_guard const lock{mutex};
            ended.push_back(key);
            once = std::exchange(at_end, {});
        }
        if (once)
            once();
    }
    void add_replacement(std::uint64_t, chronicle_record const&) noexcept override {}

    chronicle_result answer = chronicle_result::done;
    std::function<void()> at_issue = [] {};  // once
    std::function<void()> at_end;            // once; any thread may report an end
    std::vector<token_key> issued;
    std::mutex mutex;
    std::vector<token_key> ended;
};

}  // namespace tokend::testing

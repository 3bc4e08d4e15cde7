#include "credential/authenticator.hpp"

#include "base/text.hpp"
#include "base/wakeup.hpp"
#include "credential/chain.hpp"

#include <algorithm>
#include <cassert>
#include <optional>

namespace tokend {
namespace {

using steady = std::chrono::steady_clock;

refusal invalid(std::string reason) { return {code::invalid_credentials, {}, std::move(reason)}; }

// Waits until a denial may be sent. Depends on the time of the question alone, and blocks no thread.
task<void> wait_until(steady::time_point when)
{
    steady_timer timer{co_await asio::this_coro::executor, when};
    co_await timer.async_wait(as_result);
}

principal make_principal(organisation const& org, backend const& b, identity&& who, std::string unit)
{
    principal p;
    p.organisation = org.name;
    p.backend = b.id();
    p.username = std::move(who.username);
    p.subject_id = std::move(who.subject_id);
    p.unit = std::move(unit);
    p.units = std::move(who.units);
    p.groups = std::move(who.groups);
    p.not_after = who.not_after;
    return p;
}

}  // namespace

authenticator::authenticator(std::vector<std::shared_ptr<backend>> backends,
                             std::vector<organisation_options> const& organisations,
                             std::chrono::milliseconds failure_time)
    : backends_{std::move(backends)}, failure_time_{failure_time}
{
    for (auto const& b : backends_)
        if (b->rechecks().interval != b->rechecks().interval.zero())
            rechecking_.push_back(b);
    for (auto const& options : organisations)
    {
        organisation org;
        org.name = options.name;
        org.lifetimes = options.lifetimes;
        for (auto const& id : options.backends)
        {
            auto const found =
                std::find_if(backends_.begin(), backends_.end(), [&](auto const& b) { return b->id() == id; });
            assert(found != backends_.end());
            org.backends.push_back(*found);
        }
        [[maybe_unused]] bool const is_new = organisations_.emplace(fold(options.name), std::move(org)).second;
        assert(is_new);
    }
}

organisation const* authenticator::find(std::string_view name) const
{
    auto const found = organisations_.find(fold(name));
    return found == organisations_.end() ? nullptr : &found->second;
}

std::shared_ptr<backend> const* authenticator::rechecking(std::string_view backend_id) const noexcept
{
    auto const found =
        std::find_if(rechecking_.begin(), rechecking_.end(), [&](auto const& b) { return b->id() == backend_id; });
    return found == rechecking_.end() ? nullptr : &*found;
}

task<authentication> authenticator::verify(credentials presented, asker from) const
{
    return judge(std::move(presented), std::move(from), use::login);
}

task<authentication> authenticator::verify_api_key(credentials presented, asker from) const
{
    return judge(std::move(presented), std::move(from), use::api_key);
}

task<authentication> authenticator::judge(credentials presented, asker from, use how) const
{
    auto const denied_at = steady::now() + failure_time_;
    bool const any_organisation = presented.organisation.empty() && how == use::api_key;
    auto const* const org = find(presented.organisation);
    auto shared = std::make_shared<credentials const>(std::move(presented));
    authentication answer = invalid("unknown organisation");
    if (org != nullptr)
        answer = co_await ask_one(*org, std::move(shared), std::move(from), how);
    else if (any_organisation)
        answer = co_await ask_all(std::move(shared), std::move(from));
    if (!answer && answer.error().code == code::invalid_credentials)
        co_await wait_until(denied_at);
    co_return answer;
}

task<authentication> authenticator::ask_one(organisation const& org, shared_credentials presented, asker from,
                                            use how) const
{
    auto q = std::make_shared<question const>(question{presented, org.name, std::move(from)});
    chain verdicts;
    for (auto const& b : org.backends)
    {
        auto v = co_await b->ask(q);
        auto const step = verdicts.take(b->id(), v, b->on_unavailable());
        if (verdicts.accepted())
        {
            if (how == use::api_key && !v.who.api_key)
                co_return invalid("the code is not marked as an API key");
            auto unit = choose_unit(v.who, presented->unit);
            if (!unit)
                co_return unit.error();
            auto a = std::make_unique<authenticated>();
            a->who = make_principal(org, *b, std::move(v.who), std::move(*unit));
            a->lifetimes = org.lifetimes;
            co_return a;
        }
        if (step == chain::step::stop)
            break;
    }
    co_return verdicts.conclude();
}

// Asks every organisation, so that a key that two of them hold is refused, whatever their order.
task<authentication> authenticator::ask_all(shared_credentials presented, asker from) const
{
    std::optional<authentication> holder;
    std::optional<refusal> trouble;
    for (auto const& [folded, org] : organisations_)
    {
        auto answer = co_await ask_one(org, presented, from, use::api_key);
        if (!answer && answer.error().code == code::invalid_credentials)
            continue;
        bool const holds =
            answer || answer.error().code == code::unit_not_allowed || answer.error().code == code::no_default_unit;
        if (!holds)
            trouble = answer.error();
        else if (holder)
            co_return invalid("more than one organisation holds this key");
        else
            holder = std::move(answer);
    }
    if (holder)
        co_return std::move(*holder);
    if (trouble)
        co_return *trouble;
    co_return invalid("no organisation holds this key");
}

}  // namespace tokend

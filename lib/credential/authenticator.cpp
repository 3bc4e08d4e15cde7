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

// The credentials were good.
bool is_about_unit(code c) noexcept { return c == code::unit_not_allowed || c == code::no_default_unit; }

// Waits until a denial may be sent. Depends on the time of the question alone, and blocks no thread.
task<void> wait_until(steady::time_point when)
{
    steady_timer timer{co_await asio::this_coro::executor, when};
    co_await timer.async_wait(as_result);
}

// Rounded up.
std::chrono::seconds whole_seconds_of(std::chrono::nanoseconds wait)
{
    return std::chrono::ceil<std::chrono::seconds>(wait);
}

login_subject subject_of(credentials const& presented, asker const& from)
{
    return {fold(presented.organisation), fold_name(presented.name),
            from.address ? network_of_client(*from.address).text() : "unix"};
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
                             std::vector<organisation_options> const& organisations, login_options const& options,
                             lockouts& failures)
    : backends_{std::move(backends)}, options_{options}, failures_{failures}
{
    for (auto const& b : backends_)
        if (b->rechecks().interval != b->rechecks().interval.zero())
            rechecking_.push_back(b);
    for (auto const& configured : organisations)
    {
        organisation org;
        org.name = configured.name;
        org.lifetimes = configured.lifetimes;
        org.lockout = configured.lockout;
        org.allow_addresses = configured.allow_addresses;
        org.deny_addresses = configured.deny_addresses;
        org.rate = configured.rate;
        for (auto const& id : configured.backends)
        {
            auto const found =
                std::find_if(backends_.begin(), backends_.end(), [&](auto const& b) { return b->id() == id; });
            assert(found != backends_.end());
            org.backends.push_back(*found);
        }
        [[maybe_unused]] bool const is_new = organisations_.emplace(fold(configured.name), std::move(org)).second;
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
    auto const asked_at = steady::now();
    auto const* const org = find(presented.organisation);
    if (org != nullptr && org->rate.limits())
        if (auto const wait = org->logins->take(org->rate, asked_at); wait != wait.zero())
            co_return refusal{code::rate_limited, {}, "the organisation's rate", whole_seconds_of(wait)};
    if (org != nullptr && !org->admits(from.address))
        co_return refusal{code::address_not_allowed, {}, "not from this address"};
    auto begun = failures_.begin(subject_of(presented, from), org != nullptr ? org->lockout : options_.lockout,
                                 presented.proof.reveal(), asked_at);
    if (auto const* const wait = std::get_if<std::chrono::seconds>(&begun))
        co_return refusal{code::too_many_attempts, {}, "locked out", *wait};
    auto& attempt = std::get<lockouts::attempt>(begun);
    auto judged = co_await ask(org, std::make_shared<credentials const>(std::move(presented)), std::move(from), how);
    auto& answer = judged.answer;
    if (judged.is_failure)
    {
        auto why = answer.error();
        auto const locked_out = attempt.fail(steady::now());
        if (locked_out != locked_out.zero())
            why.reason += "; locked out for " + std::to_string(locked_out.count()) + " s";
        answer = std::move(why);
    }
    else if (answer || is_about_unit(answer.error().code))
        attempt.succeed(steady::now());
    if (!answer && answer.error().code == code::invalid_credentials)
        co_await wait_until(asked_at + options_.failure_time);
    co_return std::move(answer);
}

task<authenticator::judgement> authenticator::deny_unknown()
{
    co_return judgement{invalid("unknown organisation"), true};
}

task<authenticator::judgement> authenticator::ask(organisation const* org, shared_credentials presented, asker from,
                                                  use how) const
{
    if (org != nullptr)
        return ask_one(*org, std::move(presented), std::move(from), how);
    if (presented->organisation.empty() && how == use::api_key)
        return ask_all(std::move(presented), std::move(from));
    return deny_unknown();
}

task<authenticator::judgement> authenticator::ask_one(organisation const& org, shared_credentials presented, asker from,
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
                co_return judgement{invalid("the code is not marked as an API key"), true};
            auto unit = choose_unit(v.who, presented->unit);
            if (!unit)
                co_return judgement{unit.error()};
            auto a = std::make_unique<authenticated>();
            a->who = make_principal(org, *b, std::move(v.who), std::move(*unit));
            a->lifetimes = org.lifetimes;
            co_return judgement{std::move(a)};
        }
        if (step == chain::step::stop)
            break;
    }
    co_return judgement{verdicts.conclude(), verdicts.counts()};
}

// Asks every organisation that admits the client, so that a key that two of them hold is refused, whatever their order.
task<authenticator::judgement> authenticator::ask_all(shared_credentials presented, asker from) const
{
    std::optional<authentication> holder;
    std::optional<refusal> trouble;
    for (auto const& [folded, org] : organisations_)
    {
        if (!org.admits(from.address))
            continue;
        auto [answer, is_failure] = co_await ask_one(org, presented, from, use::api_key);
        if (!answer && answer.error().code == code::invalid_credentials)
            continue;
        if (!answer && !is_about_unit(answer.error().code))
            trouble = answer.error();
        else if (holder)
            co_return judgement{invalid("more than one organisation holds this key")};
        else
            holder = std::move(answer);
    }
    if (holder)
        co_return judgement{std::move(*holder)};
    if (trouble)
        co_return judgement{*trouble};
    co_return judgement{invalid("no organisation holds this key"), true};
}

}  // namespace tokend

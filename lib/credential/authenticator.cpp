#include "credential/authenticator.hpp"

#include "base/text.hpp"
#include "base/wakeup.hpp"
#include "credential/chain.hpp"

#include <algorithm>
#include <cassert>
#include <iterator>
#include <optional>
#include <random>

namespace tokend {
namespace {

using steady = std::chrono::steady_clock;

refusal invalid(std::string reason) { return {code::invalid_credentials, {}, std::move(reason)}; }

// The credentials were good.
bool is_about_unit(code c) noexcept { return c == code::unit_not_allowed || c == code::no_default_unit; }

// A failed login costs its network so many turns on the hashing threads, beyond the one that it had. So somebody who
// guesses gives way to those who log in.
constexpr std::uint64_t turns_of_failure = 16;

// Returns when a denial may be sent: a whole number of times `within` after the question, and not before now.
steady::time_point end_of(steady::time_point asked_at, steady::duration within, steady::time_point now)
{
    auto const times = (now - asked_at + within - steady::duration{1}) / within;
    return asked_at + within * std::max<std::int64_t>(1, times);
}

// Waits until a denial may be sent. Depends on the time of the question alone, and blocks no thread.
task<void> wait_until(steady::time_point when) { co_await sleep_until(co_await asio::this_coro::executor, when); }

// How much later than it may a refusal is sent, at random. Those that cost nobody a hash are spread widely: otherwise
// clients that ask together are answered together, ask together again, and keep a worker from all others each time.
// The others are spread over an eighth of the wait, because some microseconds after it differ: what is left to do, and
// how deep the core sleeps.
steady::duration spread(steady::duration most)
{
    thread_local std::minstd_rand random{std::random_device{}()};
    return steady::duration{std::uniform_int_distribution<steady::rep>{0, most.count()}(random)};
}

// Rounded up.
std::chrono::seconds whole_seconds_of(std::chrono::nanoseconds wait)
{
    return std::chrono::ceil<std::chrono::seconds>(wait);
}

// The backends' times reveal no name if a denial waits for its end.
bool waits(code c) noexcept { return c == code::invalid_credentials || c == code::overloaded; }

// Adds what the bounds of the backend make of a decoy, if anything.
task<void> add_decoy(chain& verdicts, std::shared_ptr<backend> of, std::shared_ptr<question const> q)
{
    auto const v = co_await of->ask_decoy(std::move(q));
    if (v.outcome != outcome::no_such_user)
        static_cast<void>(verdicts.take(of->id(), v, on_unavailable::stop));
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

std::shared_ptr<backend> organisation::dearest(credentials::kind kind) const
{
    std::shared_ptr<backend> found;
    auto effort = std::chrono::nanoseconds::zero();
    for (auto const& b : backends)
        if (auto const its = b->decoy_effort(kind); its > effort)
        {
            found = b;
            effort = its;
        }
    return found;
}

authenticator::authenticator(std::vector<std::shared_ptr<backend>> backends,
                             std::vector<organisation_options> const& organisations, login_options const& options,
                             lockouts& failures, blocking_pool& pool)
    : backends_{std::move(backends)}, options_{options}, failures_{failures}, pool_{pool}
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
        org.limits = configured.limits;
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

// The key is as old as the process, so that a reload changes no resemblance.
organisation const& authenticator::like(std::string_view unknown) const
{
    static keyed_hash const hash;
    if (organisations_.empty())
        return none_;
    auto const n = hash(fold(unknown)) % organisations_.size();
    return std::next(organisations_.begin(), static_cast<std::ptrdiff_t>(n))->second;
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
    auto const& behaves = org != nullptr ? *org : like(presented.organisation);
    attempt const a{org, behaves, how, {behaves.name, network_of(from)}};
    auto begun = failures_.begin({fold(presented.organisation), fold_name(presented.name), a.pays.network},
                                 behaves.lockout, presented.proof.reveal(), asked_at);
    if (auto const* const wait = std::get_if<std::chrono::seconds>(&begun))
    {
        // As late as a denial: at once it would cost the workers more than the guess did, and starve those who hash.
        co_await wait_until(asked_at + options_.failure_time + spread(options_.failure_time));
        co_return refusal{code::too_many_attempts, {}, "locked out", *wait};
    }
    auto& counted = std::get<lockouts::attempt>(begun);
    auto& times = behaves.times_of(presented.presented);
    auto judged = co_await ask(a, std::make_shared<credentials const>(std::move(presented)), std::move(from));
    auto& answer = judged.answer;
    auto const now = steady::now();
    if (judged.is_failure)
    {
        pool_.charge(a.pays, turns_of_failure);
        auto why = answer.error();
        auto const locked_out = counted.fail(now);
        why.locked_out = locked_out;
        if (locked_out != locked_out.zero())
            why.reason += "; locked out for " + std::to_string(locked_out.count()) + " s";
        answer = std::move(why);
    }
    else if (answer || is_about_unit(answer.error().code))
        counted.succeed(now);
    steady::duration const within = std::max<steady::duration>(options_.failure_time, times.most(now));
    if (answer || answer.error().code == code::invalid_credentials)
        times.add(now - asked_at, now);
    if (options_.failure_time.count() != 0 && !answer && waits(answer.error().code))
    {
        auto const later = spread(answer.error().code == code::overloaded ? within : within / 8);
        co_await wait_until(end_of(asked_at, within, now) + later);
    }
    co_return std::move(answer);
}

task<authenticator::judgement> authenticator::ask(attempt const& a, shared_credentials presented, asker from) const
{
    if (a.org != nullptr)
        return ask_one(*a.org, a, std::move(presented), std::move(from));
    if (presented->organisation.empty() && a.how == use::api_key)
        return ask_all(a, std::move(presented), std::move(from));
    return ask_nobody(a, std::move(presented), std::move(from));
}

task<authenticator::judgement> authenticator::ask_nobody(attempt const& a, shared_credentials presented, asker from)
{
    chain verdicts;
    if (auto dearest = a.like.dearest(presented->presented))
    {
        question q{std::move(presented), a.like.name, std::move(from), a.pays, {}};
        co_await add_decoy(verdicts, std::move(dearest), std::make_shared<question const>(std::move(q)));
    }
    auto refused = verdicts.conclude();
    if (refused.code == code::invalid_credentials)
        refused.reason = "unknown organisation";
    co_return judgement{std::move(refused), verdicts.counts()};
}

task<authenticator::judgement> authenticator::ask_one(organisation const& org, attempt const& a,
                                                      shared_credentials presented, asker from)
{
    auto const kind = presented->presented;
    auto q =
        std::make_shared<question const>(question{presented, org.name, std::move(from), a.pays, org.dearest(kind)});
    chain verdicts;
    std::chrono::nanoseconds effort{};
    for (auto const& b : org.backends)
    {
        auto v = co_await b->ask(q);
        effort += v.effort;
        auto const step = verdicts.take(b->id(), v, b->on_unavailable());
        if (verdicts.accepted())
        {
            if (a.how == use::api_key && !v.who.api_key)
                co_return judgement{invalid("the code is not marked as an API key"), true};
            auto unit = choose_unit(v.who, presented->unit);
            if (!unit)
                co_return judgement{unit.error()};
            auto made = std::make_unique<authenticated>();
            made->who = make_principal(org, *b, std::move(v.who), std::move(*unit));
            made->lifetimes = org.lifetimes;
            made->limits = org.limits;
            co_return judgement{std::move(made)};
        }
        if (step == chain::step::stop)
            break;
    }
    bool const was_cheap = q->dearest != nullptr && is_cheap(effort, q->dearest->decoy_effort(kind));
    if (was_cheap && verdicts.conclude().code == code::invalid_credentials)
        co_await add_decoy(verdicts, q->dearest, q);
    co_return judgement{verdicts.conclude(), verdicts.counts()};
}

// Asks every organisation that admits the client, so that a key that two of them hold is refused, whatever their order.
task<authenticator::judgement> authenticator::ask_all(attempt const& a, shared_credentials presented, asker from) const
{
    std::optional<authentication> holder;
    std::optional<refusal> trouble;
    for (auto const& [folded, org] : organisations_)
    {
        if (!org.admits(from.address))
            continue;
        auto [answer, is_failure] = co_await ask_one(org, a, presented, from);
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

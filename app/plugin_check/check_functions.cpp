#include "app/plugin_check/checks.hpp"
#include "app/plugin_check/child.hpp"
#include "app/plugin_check/rules.hpp"
#include "app/plugin_check/trial.hpp"

#include <time.h>

#include <algorithm>
#include <chrono>

// The functions that a plugin may have besides, and how long its functions take.
namespace tokend {
namespace {

using std::chrono::nanoseconds;

constexpr int tries = 5;

// The shortest of some calls: the longest one shows how busy the machine is.
template <class Clock, class Call>
nanoseconds shortest(Clock&& now, Call&& call)
{
    auto best = nanoseconds::max();
    for (int i = 0; i < tries; ++i)
    {
        nanoseconds const before = now();
        call();
        best = std::min(best, now() - before);
    }
    return best;
}

nanoseconds wall_time() { return std::chrono::steady_clock::now().time_since_epoch(); }

nanoseconds processor_time()
{
    timespec t{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return std::chrono::seconds{t.tv_sec} + nanoseconds{t.tv_nsec};
}

template <class Call>
void require_at_once(std::string const& function, std::string_view rule, Call&& call)
{
    constexpr std::chrono::milliseconds longest{100};  // as the host warns
    auto const took = std::chrono::duration_cast<std::chrono::milliseconds>(shortest(wall_time, call));
    if (took >= longest)
        fail(function + " returned after " + std::to_string(took.count()) + " ms, and never earlier", rule);
}

presented without_secret(presented what)
{
    what.secret.clear();
    return what;
}

void require_same(verdict const& explained, verdict const& answered, std::string const& name)
{
    if (explained.outcome != answered.outcome)
        fail("explain() says '" + std::string{name_of(explained.outcome)} + "' of '" + name + "', authenticate() '" +
                 std::string{name_of(answered.outcome)} + "'",
             rule::explain);
}

}  // namespace

std::string check_at_once(plan const& p)
{
    trial one{p};
    one.start();
    auto const& library = one.library();
    for (auto const kind : kinds_of(library))
    {
        if (!blocks(library, kind))
            require_at_once("authenticate()", rule::loop, [&] { one.send(nobody(kind)); });
        if (!blocks(library, kind) && library.explain() != nullptr)
            require_at_once("explain()", rule::at_once, [&] { one.send(nobody(kind), trial::call::explain); });
        if (blocks(library, kind) && library.knows() != nullptr)
            require_at_once("knows()", rule::at_once, [&] { one.knows(nobody(kind)); });
        auto const answered = one.send(nobody(kind));
        if (library.descriptor().cancel != nullptr)
            require_at_once("cancel()", rule::at_once, [&] { one.cancel(answered); });
    }
    if (library.recheck() != nullptr)
        require_at_once("recheck()", rule::at_once, [&] { one.recheck(nobody(TOKEND_KIND_PASSWORD).name, {}); });
    if (library.descriptor().health != nullptr)
        require_at_once("health()", rule::no_block, [&] { one.health(); });
    return {};
}

std::string check_recheck(plan const& p)
{
    trial one{p};
    if (one.library().recheck() == nullptr)
        skip("it has no recheck()");
    one.start();
    auto const lost = one.answer(one.recheck(nobody(TOKEND_KIND_PASSWORD).name, {}));
    if (lost.outcome == outcome::accept)
        fail("finds a user again whose name was drawn by lot", rule::recheck);
    if (lost.outcome == outcome::unavailable)
        fail("cannot find out whether there is a user: " + lost.reason, rule::unavailable);
    for (auto const& good : p.known)
    {
        auto const accepted = one.ask(good);
        if (accepted.outcome != outcome::accept)
            continue;  // the check `known` has said so
        auto const& who = accepted.who;
        auto const again = one.answer(one.recheck(who.username, who.subject_id));
        if (again.outcome != outcome::accept)
            fail("does not find '" + who.username +
                     "' again, whom it accepted: " + std::string{name_of(again.outcome)} + ", " + again.reason,
                 rule::recheck);
    }
    return {};
}

std::string check_explain(plan const& p)
{
    trial one{p};
    if (one.library().explain() == nullptr)
        skip("it has no explain()");
    one.start();
    auto asked = p.known;
    for (auto const kind : kinds_of(one.library()))
        asked.push_back(nobody(kind));
    for (auto const& what : asked)
    {
        auto const answered = one.ask(what);
        require_same(one.ask(what, trial::call::explain), answered, what.name);
        if (what.kind == TOKEND_KIND_CODE)
            continue;  // a code is its secret
        auto const bare = one.ask(without_secret(what), trial::call::explain);
        if ((bare.outcome == outcome::accept) != (answered.outcome == outcome::accept))
            fail("explain() without the secret says '" + std::string{name_of(bare.outcome)} + "' of '" + what.name +
                     "'",
                 rule::explain_bare);
    }
    return {};
}

std::string check_knows(plan const& p)
{
    trial one{p};
    if (one.library().knows() == nullptr)
        skip("it has no knows()");
    one.start();
    for (auto const kind : kinds_of(one.library()))
    {
        auto const stranger = nobody(kind);
        if (!blocks(one.library(), kind) || one.knows(stranger))
            continue;
        auto const answered = one.ask(stranger).outcome;
        if (answered != outcome::no_such_user && answered != outcome::not_mine)
            fail("knows() denies '" + stranger.name + "', authenticate() says '" + std::string{name_of(answered)} + "'",
                 rule::knows);
    }
    for (auto const& good : p.known)
        if (blocks(one.library(), good.kind) && !one.knows(good))
            fail("knows() denies '" + good.name + "', whose credentials were given", rule::knows);
    return {};
}

std::string check_decoy(plan const& p)
{
    trial one{p};
    if (one.library().decoy() == nullptr)
        skip("it has no decoy()");
    one.start();
    for (auto const kind : kinds_of(one.library()))
        if (blocks(one.library(), kind))
            one.decoy(nobody(kind));
    constexpr std::chrono::milliseconds nothing{2};
    for (auto bad : p.known)
    {
        if (!blocks(one.library(), bad.kind))
            continue;
        bad.secret = nobody(bad.kind).secret;
        auto const check = shortest(processor_time, [&] { one.ask(bad); });
        auto const decoy = shortest(processor_time, [&] { one.decoy(bad); });
        if (check > nothing && decoy < check / 2)
            fail("a decoy takes " + std::to_string(decoy / std::chrono::microseconds{1}) +
                     " us of the processor, and a check " + std::to_string(check / std::chrono::microseconds{1}),
                 rule::decoy);
    }
    return {};
}

}  // namespace tokend

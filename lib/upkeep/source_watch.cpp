#include "upkeep/source_watch.hpp"

#include "base/insist.hpp"
#include "base/log.hpp"
#include "base/small_share.hpp"
#include "base/wakeup.hpp"
#include "token/owner_walk.hpp"
#include "token/sessions.hpp"
#include "upkeep/user_check.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <chrono>
#include <exception>

namespace tokend {
namespace {

using namespace std::chrono_literals;

// By then a login that was accepted before the change has its token. A file that is written twice is checked once.
constexpr auto time_to_settle = 100ms;

}  // namespace

struct source_watch::watched
{
    watched(std::shared_ptr<backend> b, executor const& loop)
        : by{std::move(b)}, most{std::max<std::size_t>(1, by->check_bound() / 2)}, room{loop}
    {}
    std::shared_ptr<backend> const by;
    std::size_t const most;     // checks that may run at once
    std::size_t in_flight = 0;  // checks that run
    bool running = false;
    bool again = false;    // the source has changed since the checks began
    bool dropped = false;  // nobody asks this backend from now on
    wakeup room;           // set when a check ends
};

source_watch::source_watch(live_tokens const& live) : live_{live} {}

source_watch::~source_watch() { stop(); }

void source_watch::start()
{
    thread_ = std::thread{[this] { run(); }};
}

void source_watch::watch(std::span<std::shared_ptr<backend> const> backends, bool check_all)
{
    std::vector<std::shared_ptr<watched>> next;
    for (auto const& b : backends)
        if (b->can_recheck())
            next.push_back(std::make_shared<watched>(b, loop_.get_executor()));
    asio::post(loop_, [this, next = std::move(next), check_all]() mutable { replace(std::move(next), check_all); });
}

void source_watch::replace(std::vector<std::shared_ptr<watched>> next, bool check_all)
{
    for (auto const& w : watched_)
    {
        w->by->when_changed({});
        w->dropped = true;
    }
    watched_ = std::move(next);
    for (auto const& w : watched_)
    {
        if (check_all && w->by->holds_source())
            check_all_soon(w);
        auto report = [this, w] {
            auto check = [this, w] { check_all_soon(w); };
            insist([&] { asio::post(loop_, check); });
        };
        insist([&] { w->by->when_changed(report); });
    }
}

void source_watch::release_all_but(configured_sources sources)
{
    auto release = [this, sources = std::move(sources)] { insist([&] { release_unconfigured(live_, sources); }); };
    insist([&] { asio::post(loop_, release); });
}

void source_watch::stop()
{
    loop_.stop();
    if (thread_.joinable())
        thread_.join();
    for (auto const& w : watched_)
        w->by->when_changed({});
    watched_.clear();
}

void source_watch::run()
{
    for (;;)
        try
        {
            loop_.run();
            return;
        }
        catch (...)
        {
            live_.log.error("exception while users were checked again");
        }
}

void source_watch::check_all_soon(std::shared_ptr<watched> w)
{
    w->again = true;
    if (std::exchange(w->running, true))
        return;
    auto ended = [this, w](std::exception_ptr trouble) {
        w->running = false;
        if (!trouble)
            return;
        live_.log.error("exception: not all users are checked again yet", {{"backend", w->by->id()}});
        check_all_soon(w);
    };
    insist([&] {
        auto checking = check_all(w);
        asio::co_spawn(loop_, std::move(checking), ended);
    });
}

task<void> source_watch::check_all(std::shared_ptr<watched> w)
{
    while (w->again && !w->dropped)
    {
        co_await sleep_until(loop_.get_executor(), std::chrono::steady_clock::now() + time_to_settle);
        if (w->dropped)
            co_return;
        w->again = false;
        co_await check_everybody(w);
    }
}

task<void> source_watch::check_everybody(std::shared_ptr<watched> w)
{
    std::size_t users = 0;
    auto const walk = live_.sessions.owners_at(w->by->id(), live_.clock.now());
    for (;;)
    {
        small_share share;  // of the walk; the checks below are the backend's work
        auto owners = walk->next();
        if (owners.empty())
            break;
        co_await share.step_back();
        for (auto& owner : owners)
        {
            while (w->in_flight >= w->most)
                co_await w->room.wait();
            begin_check(w, std::move(owner));
            ++users;
        }
        if (w->dropped)
            co_return;
    }
    while (w->in_flight > 0)
        co_await w->room.wait();
    live_.log.info("the source has changed or was not watched: all users with live tokens are checked again",
                   {{"backend", w->by->id()}, {"users", static_cast<std::int64_t>(users)}});
}

void source_watch::begin_check(std::shared_ptr<watched> w, session_owner owner)
{
    ++w->in_flight;
    auto ended = [this, w](std::exception_ptr trouble) {
        --w->in_flight;
        w->room.set();
        if (!trouble)
            return;
        w->again = true;
        live_.log.error("exception while a user was checked again", {{"backend", w->by->id()}});
    };
    insist([&] {
        auto checking = check(w, owner);
        asio::co_spawn(loop_, std::move(checking), ended);
    });
}

task<void> source_watch::check(std::shared_ptr<watched> w, session_owner owner)
{
    subject const who{std::move(owner.username), std::move(owner.subject_id), std::move(owner.organisation), {}};
    auto answer = co_await w->by->ask_again(who);
    for (auto pause = 10ms; answer.outcome == outcome::overloaded && !w->dropped; pause = std::min(2 * pause, 1000ms))
    {
        co_await sleep_until(loop_.get_executor(), std::chrono::steady_clock::now() + pause);
        answer = co_await w->by->ask_again(who);
    }
    if (!w->dropped)
        co_await follow_answer(live_, *w->by, who, std::move(answer));
}

}  // namespace tokend

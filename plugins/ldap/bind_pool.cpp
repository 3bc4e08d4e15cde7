#include "ldap/bind_pool.hpp"

#include "ldap/outage.hpp"

#include <algorithm>
#include <utility>

namespace tokend::plugin::ldap {

// A login that waits in the queue for a connection. It leaves the queue when it is served, and when it is destroyed.
struct bind_pool::waiter
{
    explicit waiter(bind_pool& of) : pool{of}, served{of.executor_}
    {
        at = pool.waiting_.insert(pool.waiting_.end(), this);
        is_queued = true;
    }
    waiter(waiter const&) = delete;
    ~waiter()
    {
        leave();
        if (given.to)  // served, but cancelled before it took the connection
            pool.give_back(std::move(given));
    }
    void leave()
    {
        if (std::exchange(is_queued, false))
            pool.waiting_.erase(at);
    }

    bind_pool& pool;
    wakeup served;
    std::list<waiter*>::iterator at;
    bool is_queued = false;
    link given;
    bool is_used = false;
    std::string trouble;
};

// A connection in use by one bind. The destructor gives it back to the pool.
class bind_pool::lease
{
public:
    lease(bind_pool& of, link l, bool is_used) : pool_{&of}, link_{std::move(l)}, is_used_{is_used} {}
    lease(lease&& other) noexcept : pool_{other.pool_}, link_{std::exchange(other.link_, {})}, is_used_{other.is_used_}
    {}
    ~lease()
    {
        if (link_.to)
            pool_->give_back(std::move(link_));
    }
    connection& operator*() const noexcept { return *link_.to; }
    bool is_used() const noexcept { return is_used_; }

private:
    bind_pool* pool_;
    link link_;
    bool is_used_;
};

bind_pool::bind_pool(executor const& on, server_settings const& how, servers& from)
    : executor_{on}, how_{how}, servers_{from}, background_{on}
{}

task<answer> bind_pool::bind(std::string const& dn, secret_bytes const& password, time_point until)
{
    for (bool may_repeat = true;; may_repeat = false)
    {
        auto const held = co_await acquire(until);
        try
        {
            co_return co_await (*held).bind(dn, password, std::min(until, now() + how_.operation_timeout));
        }
        catch (connection_lost const&)
        {
            if (!may_repeat || !held.is_used())
                throw;
        }
        catch (timed_out const&)
        {
            close_idle("another one to the same server is silent");
            throw;
        }
        close_idle("another one to the same server is lost");
    }
}

task<bind_pool::lease> bind_pool::acquire(time_point until)
{
    close_unfit();
    if (!idle_.empty() && waiting_.empty())
    {
        auto found = std::move(idle_.back().to);
        idle_.pop_back();
        co_return lease{*this, std::move(found), true};
    }
    if (waiting_.size() >= how_.max_waiting)
        throw outage{"the queue for connections is full"};
    waiter place{*this};
    grow();
    co_await place.served.wait(until);
    if (place.given.to)
        co_return lease{*this, std::exchange(place.given, {}), place.is_used};
    if (!place.trouble.empty())
        throw outage{place.trouble};
    throw timed_out{"no connection was free in time"};
}

void bind_pool::serve(link l, bool is_used)
{
    if (waiting_.empty())
    {
        idle_.push_back({std::move(l), now()});
        if (!std::exchange(is_tidying_, true))
            background_.spawn(tidy());
        return;
    }
    auto& first = *waiting_.front();
    first.leave();
    first.given = std::move(l);
    first.is_used = is_used;
    first.served.set();
}

void bind_pool::give_back(link l) noexcept
{
    if (servers_.is_fit(l))
        return serve(std::move(l), true);
    l.to->close("no longer fit");
    let_go();
}

void bind_pool::let_go() noexcept
{
    --open_;
    grow();
}

void bind_pool::grow()
{
    while (opening_ < waiting_.size() && open_ < how_.bind_connections)
    {
        ++open_;
        ++opening_;
        background_.spawn(open_one());
    }
}

task<void> bind_pool::open_one()
{
    std::string trouble;
    try
    {
        auto made = co_await servers_.open_for_binds();
        --opening_;
        serve(std::move(made), false);
        co_return;
    }
    catch (std::exception const& e)
    {
        trouble = e.what();
    }
    --opening_;
    --open_;
    fail_waiting(trouble);
}

// Called when no server is up: ends the wait of all logins in the queue.
void bind_pool::fail_waiting(std::string const& why)
{
    while (!waiting_.empty())
    {
        auto& first = *waiting_.front();
        first.leave();
        first.trouble = why;
        first.served.set();
    }
}

time_point bind_pool::end_of(idle_link const& l) const noexcept
{
    return std::min(l.since + how_.idle_timeout, l.to.to->opened_at() + how_.max_age);
}

// Runs while there are idle connections, and wakes when one of them must be closed.
task<void> bind_pool::tidy()
{
    for (timer over{executor_}; !idle_.empty();)
    {
        auto until = time_point::max();
        for (auto const& l : idle_)
            until = std::min(until, end_of(l));
        over.expires_at(until);
        co_await over.async_wait(use_task);
        close_unfit();
    }
    is_tidying_ = false;
}

void bind_pool::close_unfit()
{
    auto const is_unfit = [&](idle_link const& l) { return !servers_.is_fit(l.to) || now() >= end_of(l); };
    auto const unfit = std::stable_partition(idle_.begin(), idle_.end(), [&](auto const& l) { return !is_unfit(l); });
    for (auto l = unfit; l != idle_.end(); ++l, --open_)
        l->to.to->close("idle or no longer fit");
    idle_.erase(unfit, idle_.end());
}

void bind_pool::stop()
{
    background_.cancel_all();
    close_idle("the plugin stops");
}

void bind_pool::close_idle(std::string const& why)
{
    open_ -= idle_.size();
    for (auto const& l : std::exchange(idle_, {}))
        l.to.to->close(why);
}

}  // namespace tokend::plugin::ldap

#include "ldap/service.hpp"

#include "ldap/outage.hpp"

#include <algorithm>
#include <utility>

namespace tokend::plugin::ldap {

service::service(executor const& on, server_settings const& how, servers& from)
    : executor_{on},
      how_{how},
      servers_{from},
      opened_{on},
      searches_{on, how.max_searches},
      woken_{on},
      background_{on}
{}

task<answer> service::search(search_request const& what, time_point until)
{
    if (searches_.waiting() >= how_.max_waiting)
        throw outage{"the queue for searches is full"};
    auto const permit = co_await searches_.acquire(until);
    if (!permit)
        throw timed_out{"too many searches were in progress"};
    for (bool may_repeat = true;; may_repeat = false)
    {
        bool const is_used = is_connected();
        auto const to = co_await connected(until);
        try
        {
            co_return co_await to->search(what, std::min(until, now() + how_.operation_timeout));
        }
        catch (timed_out const&)
        {
            look_again();  // a probe decides whether the connection is dead or the server was slow
            throw;
        }
        catch (connection_lost const&)
        {
            if (!may_repeat || !is_used)
                throw;
        }
    }
}

task<std::shared_ptr<connection>> service::connected(time_point until)
{
    if (!is_connected())
    {
        begin_opening();
        if (opening_)
            co_await opened_.wait(until);
    }
    if (is_connected())
        co_return current_.to;
    if (opening_)
        throw timed_out{"no connection in time"};
    throw outage{trouble_};
}

void service::begin_opening()
{
    if (!std::exchange(opening_, true))
        background_.spawn(open());
}

task<void> service::open()
{
    try
    {
        auto made = co_await servers_.open_service();
        auto const old = std::exchange(current_, std::move(made));
        if (old.to)
            old.to->retire();
        trouble_.clear();
    }
    catch (std::exception const& e)
    {
        trouble_ = e.what();
    }
    opening_ = false;
    opened_.notify_all();
}

task<void> service::keep()
{
    for (;;)
    {
        co_await check();
        woken_.expires_after(how_.probe_interval);
        co_await woken_.async_wait(as_result);
    }
}

task<void> service::check()
{
    if (!servers_.is_fit(current_))
    {
        if (servers_.any_up())
            begin_opening();
        co_return;
    }
    auto const probed = current_.to;
    try
    {
        co_await probe(*probed, now() + how_.operation_timeout);
    }
    catch (outage const& e)
    {
        probed->close(e.what());
        begin_opening();
    }
}

void service::stop()
{
    background_.cancel_all();
    if (current_.to)
        current_.to->close("the plugin stops");
}

}  // namespace tokend::plugin::ldap

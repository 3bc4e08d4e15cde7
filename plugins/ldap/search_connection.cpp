#include "ldap/search_connection.hpp"

#include "ldap/outage.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace tokend::plugin::ldap {

namespace {

constexpr std::size_t page_size = 250;  // half of the lowest default limit of the common servers

bool is_at_limit(answer const& a) { return a.code == LDAP_SIZELIMIT_EXCEEDED || a.code == LDAP_ADMINLIMIT_EXCEEDED; }

}  // namespace

search_connection::search_connection(executor const& on, server_settings const& how, servers& from,
                                     std::function<void()> changed)
    : executor_{on},
      how_{how},
      servers_{from},
      changed_{std::move(changed)},
      searches_{on, how.max_searches},
      paging_{on, 1},
      woken_{on},
      background_{on}
{}

std::string search_connection::description() const
{
    if (!is_connected())
        return "not connected: " + trouble_;
    return how_.endpoints[current_.server].uri + " as " + (how_.bind_dn.empty() ? "nobody" : how_.bind_dn);
}

task<answer> search_connection::search(search_request const& what, time_point until)
{
    constexpr auto all = static_cast<std::size_t>(-1);
    return ask(what, all, until);
}

task<answer> search_connection::search_all(search_request what, std::size_t most, time_point until)
{
    auto at_once = co_await ask(what, most, until);
    if (!is_at_limit(at_once))
        co_return at_once;
    auto const turn = co_await paging_.acquire(until);
    if (!turn)
        throw timed_out{"too many searches of several pages were in progress"};
    what.page = page_size;
    co_return co_await ask(what, most, until);
}

task<answer> search_connection::ask(search_request const& what, std::size_t most, time_point until)
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
            co_return co_await all_pages(to, what, most, until);
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

// A cookie is valid only on the connection that it came from.
task<answer> search_connection::all_pages(std::shared_ptr<connection> to, search_request what, std::size_t most,
                                          time_point until)
{
    std::vector<entry> entries;
    for (;;)
    {
        auto page = co_await to->search(what, std::min(until, now() + how_.operation_timeout));
        std::move(page.entries.begin(), page.entries.end(), std::back_inserter(entries));
        what.cookie = page.cookie;
        if (page.code == LDAP_SUCCESS && !page.cookie.empty() && entries.size() <= most)
            continue;
        page.entries = std::move(entries);
        co_return page;
    }
}

task<std::shared_ptr<connection>> search_connection::connected(time_point until)
{
    if (!is_connected())
    {
        begin_opening();
        if (opening_)
            co_await opened(until);
    }
    if (is_connected())
        co_return current_.to;
    if (opening_)
        throw timed_out{"no connection in time"};
    throw outage{trouble_};
}

task<void> search_connection::opened(time_point until)
{
    wakeup over{executor_};
    auto const at = waiting_.insert(waiting_.end(), &over);
    co_await over.wait(until);
    waiting_.erase(at);
}

void search_connection::begin_opening()
{
    if (!std::exchange(opening_, true))
        background_.spawn(open());
}

task<void> search_connection::open()
{
    try
    {
        auto made = co_await servers_.open_for_searches();
        auto const old = std::exchange(current_, std::move(made));
        if (old.to)
        {
            old.to->when_closed(nullptr);
            old.to->retire();
        }
        current_.to->when_closed([this] { lost(); });
        trouble_ = current_.to->why_closed();  // empty, unless it is closed again already
    }
    catch (std::exception const& e)
    {
        trouble_ = e.what();
    }
    opening_ = false;
    for (auto* one : waiting_)
        one->set();
    changed_();
}

// Opens another connection at once, unless the server closed this one right after it was opened.
void search_connection::lost()
{
    trouble_ = current_.to->why_closed();
    if (now() - current_.to->opened_at() >= how_.retry_first)
        look_again();
    changed_();
}

task<void> search_connection::keep()
{
    for (;;)
    {
        co_await check();
        co_await woken_.wait(now() + how_.probe_interval);
    }
}

task<void> search_connection::check()
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

void search_connection::stop()
{
    background_.cancel_all();
    if (!current_.to)
        return;
    current_.to->when_closed(nullptr);
    current_.to->close("the plugin stops");
}

}  // namespace tokend::plugin::ldap

#include "ldap/servers.hpp"

#include "common/join.hpp"
#include "ldap/outage.hpp"

#include <algorithm>
#include <utility>

namespace tokend::plugin::ldap {

servers::servers(executor const& on, server_settings const& how, log_sink log, std::function<void()> changed)
    : executor_{on},
      how_{how},
      log_{std::move(log)},
      changed_{std::move(changed)},
      tls_{make_tls(how.ca_file)},
      states_(how.endpoints.size()),
      reviving_{on}
{}

task<link> servers::open_for_binds() { return open(purpose::binds); }
task<link> servers::open_for_searches() { return open(purpose::searches); }

task<link> servers::open(purpose what)
{
    for (std::size_t i = 0; i < states_.size(); ++i)
    {
        if (!states_[i].is_up)
            continue;
        std::string why;
        try
        {
            auto made = co_await connect(i, what);
            co_return link{std::move(made), i};
        }
        catch (outage const& e)
        {
            why = e.what();
        }
        mark_down(i, why);
    }
    throw outage{trouble()};
}

task<std::shared_ptr<connection>> servers::connect(std::size_t server, purpose what)
{
    auto const& to = how_.endpoints[server];
    auto& known = states_[server].known;
    try
    {
        known = co_await resolve(to, now() + how_.connect_timeout);
    }
    catch (outage const&)
    {
        if (known.empty())
            throw;
    }
    auto made = co_await connection::open(to, known, how_, tls_);
    if (what == purpose::searches)
        co_await greet(*made);
    co_return made;
}

// Binds as the service account. Without one it sends a probe: a server that accepts connections may not answer
// requests.
task<void> servers::greet(connection& to)
{
    auto const until = now() + how_.operation_timeout;
    if (how_.bind_dn.empty())
    {
        co_await probe(to, until);
        co_return;
    }
    auto const said = co_await to.bind(how_.bind_dn, how_.bind_password, until);
    if (said.code != LDAP_SUCCESS)
        throw outage{"it does not let the service in (bind-dn, bind-password-file): " + said.text()};
}

task<void> probe(connection& to, time_point until)
{
    search_request const root{"", scope::base, "(objectClass=*)", {LDAP_NO_ATTRS}, 0};
    co_await to.search(root, until);  // any result code will do
}

bool servers::any_up() const noexcept
{
    return std::any_of(states_.begin(), states_.end(), [](state const& s) { return s.is_up; });
}

bool servers::is_fit(link const& l) const noexcept
{
    auto const best = std::find_if(states_.begin(), states_.end(), [](state const& s) { return s.is_up; });
    return l.to && l.to->usable() && best == states_.begin() + static_cast<std::ptrdiff_t>(l.server) &&
           now() - l.to->opened_at() < how_.max_age;
}

std::string servers::trouble() const
{
    std::vector<std::string> lines;
    for (std::size_t i = 0; i < states_.size(); ++i)
    {
        if (states_[i].is_up)
            return {};
        lines.push_back(how_.endpoints[i].uri + ": " + states_[i].trouble);
    }
    return join(lines, "; ");
}

void servers::mark_down(std::size_t server, std::string const& why)
{
    auto& s = states_[server];
    s.trouble = why;
    if (stopped_ || !std::exchange(s.is_up, false))
        return;
    log_(severity::warning, how_.endpoints[server].uri + " is down: " + why);
    reviving_.spawn(revive(server));
    if (!any_up())
        for (auto const& other : states_)
            if (other.pausing != nullptr)
                other.pausing->set();
}

task<void> servers::revive(std::size_t server)
{
    auto& s = states_[server];
    for (auto pause = how_.retry_first; !s.is_up; pause = std::min(2 * pause, how_.retry_last))
    {
        if (!any_up())
            pause = how_.retry_first;
        co_await rest(server, jittered(pause));
        try
        {
            auto const reached = co_await connect(server, purpose::searches);
            reached->close("only to see whether it answers");
            s.is_up = true;
        }
        catch (outage const& e)
        {
            s.trouble = e.what();
        }
    }
    log_(severity::info, how_.endpoints[server].uri + " is up again");
    changed_();
}

// Ends early when the last server goes down.
task<void> servers::rest(std::size_t server, milliseconds pause)
{
    wakeup over{executor_};
    states_[server].pausing = &over;
    co_await over.wait(now() + pause);
    states_[server].pausing = nullptr;
}

void servers::stop()
{
    stopped_ = true;
    reviving_.cancel_all();
}

// Many daemons that lost the same server must not all return at the same instant.
milliseconds servers::jittered(milliseconds pause)
{
    return milliseconds{std::uniform_int_distribution<milliseconds::rep>{pause.count() / 2, pause.count()}(random_)};
}

}  // namespace tokend::plugin::ldap

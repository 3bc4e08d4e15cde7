#pragma once

#include "ldap/connection.hpp"
#include "ldap/settings.hpp"
#include "ldap/task.hpp"
#include "ldap/task_group.hpp"
#include "ldap/wakeup.hpp"

#include <boost/asio/ssl/context.hpp>

#include <functional>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace tokend::plugin::ldap {

enum class severity
{
    info,
    warning
};
using log_sink = std::function<void(severity, std::string_view)>;

// Asks for nothing, to see whether an answer comes. Throws outage.
task<void> probe(connection& to, time_point until);

// A connection, and which server it leads to.
struct link
{
    std::shared_ptr<connection> to;
    std::size_t server = 0;  // its place in the configured order
};

// The configured servers, in their order, with a memory of which are down. One that fails is left alone until a task of
// its own has reached it again: nobody's login waits for a server that is known to be down. The pause before it is tried
// doubles with each failure while another is up; while none is, logins fail, and it stays short.
class servers
{
public:
    // `changed` is called when a server is up again. REQUIRES: `how` outlives this object.
    servers(executor const& on, server_settings const& how, log_sink log, std::function<void()> changed);

    task<link> open_for_binds();     // to the first that is up; throws outage
    task<link> open_for_searches();  // the same, bound as the service and known to answer

    bool is_up(std::size_t server) const noexcept { return states_[server].is_up; }
    bool any_up() const noexcept;
    // Good to use: it is open, its server is up, none before it is, and it is not too old.
    bool is_fit(link const& l) const noexcept;
    std::string trouble() const;  // empty if a server is up
    void stop();

private:
    struct state
    {
        bool is_up = true;  // until it is known better
        std::string trouble;
        addresses known;            // the last that were found
        wakeup* pausing = nullptr;  // of its task, in a pause
    };
    enum class purpose
    {
        binds,
        searches
    };

    task<link> open(purpose what);
    task<std::shared_ptr<connection>> connect(std::size_t server, purpose what);
    task<void> greet(connection& to);
    void mark_down(std::size_t server, std::string const& why);
    task<void> revive(std::size_t server);
    task<void> rest(std::size_t server, milliseconds pause);
    milliseconds jittered(milliseconds pause);

    executor const executor_;
    server_settings const& how_;
    log_sink const log_;
    std::function<void()> const changed_;
    asio::ssl::context tls_;
    std::vector<state> states_;
    bool stopped_ = false;
    std::minstd_rand random_{std::random_device{}()};
    task_group reviving_;
};

}  // namespace tokend::plugin::ldap

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

// Sends an empty search and waits for any answer to it. Throws outage.
task<void> probe(connection& to, time_point until);

// A connection and its server.
struct link
{
    std::shared_ptr<connection> to;
    std::size_t server = 0;  // index in the configured order
};

// The configured servers, in their order, and which of them are down. A server that fails is not used until a
// background task has reached it again, so no login waits for a server that is known to be down. The pause between the
// task's attempts doubles while another server is up. While no server is up, logins fail, and the pause stays short.
// Loop thread only.
class servers
{
public:
    // Calls `changed` when a server is up again. REQUIRES: `how` outlives this object.
    servers(executor const& on, server_settings const& how, log_sink log, std::function<void()> changed);

    // Both connect to the first server that is up, and throw outage. A connection for searches is bound as the service
    // account, and its server is known to answer.
    task<link> open_for_binds();
    task<link> open_for_searches();

    bool is_up(std::size_t server) const noexcept { return states_[server].is_up; }
    bool any_up() const noexcept;
    // Returns true if the connection is open and not too old, and no server before its own is up.
    [[nodiscard]] bool is_fit(link const& l) const noexcept;
    std::string trouble() const;  // why each server is down; empty if one is up
    void stop();

private:
    struct state
    {
        bool is_up = true;  // until an attempt fails
        std::string trouble;
        addresses known;            // found by the last resolution that succeeded
        wakeup* pausing = nullptr;  // of the background task while it pauses
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

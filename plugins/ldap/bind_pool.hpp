#pragma once

#include "ldap/servers.hpp"
#include "ldap/task_group.hpp"
#include "ldap/wakeup.hpp"

#include <list>
#include <optional>
#include <string>
#include <vector>

namespace tokend::plugin::ldap {

// Connections for the binds of users, one bind on each at a time. A login that finds none free waits in a queue, first
// come, first served, while more are opened up to the limit. They are never used for searches: after a bind they are
// bound as a user. Loop thread only.
class bind_pool
{
public:
    bind_pool(executor const& on, server_settings const& how, servers& from);

    // Throws outage if there is no connection by `until`, or no answer within operation_timeout after that. Repeats the
    // bind once on another connection if one that was used before turns out to be lost; never after a timeout, which
    // the server may have counted as a failed attempt.
    task<answer> bind(std::string const& dn, secret_bytes const& password, time_point until);

    // Closes idle connections that are unused for too long, too old, or to a server other than the best one.
    void close_unfit();
    void stop();
    std::size_t waiting() const noexcept { return waiting_.size(); }

private:
    struct waiter;
    class lease;
    struct idle_link
    {
        link to;
        time_point since;
    };

    void close_idle(std::string const& why);
    task<lease> acquire(time_point until);
    void give_back(link l) noexcept;
    void let_go() noexcept;  // accounts for a connection that was closed
    void serve(link l, bool is_used);
    void grow();
    task<void> open_one();
    void fail_waiting(std::string const& why);
    task<void> tidy();
    time_point end_of(idle_link const& l) const noexcept;

    executor const executor_;
    server_settings const& how_;
    servers& servers_;
    std::vector<idle_link> idle_;  // the most recently used one is the last
    std::list<waiter*> waiting_;
    std::size_t open_ = 0;  // idle, in use, or being opened
    std::size_t opening_ = 0;
    task_group background_;
    bool is_tidying_ = false;
};

}  // namespace tokend::plugin::ldap

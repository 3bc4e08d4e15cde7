#pragma once

#include "ldap/permits.hpp"
#include "ldap/servers.hpp"
#include "ldap/task_group.hpp"
#include "ldap/wakeup.hpp"

#include <functional>
#include <list>
#include <string>

namespace tokend::plugin::ldap {

// The one connection that is bound as the service account and carries all searches. It is opened at the start, probed
// regularly, and replaced when it is lost or too old, or when a better server is up again. Loop thread only.
class search_connection
{
public:
    // Calls `changed` when is_connected() or trouble() has changed.
    search_connection(executor const& on, server_settings const& how, servers& from, std::function<void()> changed);

    // Throws outage if there is no connection by `until`, or no answer within operation_timeout after that. Repeats the
    // search once if the connection turns out to be lost, but not after a timeout.
    task<answer> search(search_request const& what, time_point until);
    // The same for a search that may have more results than the server puts into one answer: it then requests them page
    // by page. A server allows one such search per connection, so these wait for each other. Stops requesting pages
    // once there are more than `most` entries.
    task<answer> search_all(search_request what, std::size_t most, time_point until);

    void start() { background_.spawn(keep()); }
    void look_again() { woken_.set(); }  // checks the connection now: something about the servers has changed
    void stop();
    bool is_connected() const noexcept { return current_.to && current_.to->usable(); }
    std::size_t waiting() const noexcept { return searches_.waiting(); }
    std::string const& trouble() const noexcept { return trouble_; }
    std::string description() const;  // the server and the service's account, or what is wrong

private:
    task<answer> ask(search_request const& what, std::size_t most, time_point until);
    task<answer> all_pages(std::shared_ptr<connection> to, search_request what, std::size_t most, time_point until);
    task<std::shared_ptr<connection>> connected(time_point until);
    task<void> opened(time_point until);
    void lost();
    void begin_opening();
    task<void> open();
    task<void> keep();
    task<void> check();

    executor const executor_;
    server_settings const& how_;
    servers& servers_;
    std::function<void()> const changed_;
    link current_;
    bool opening_ = false;
    std::string trouble_ = "not connected yet";
    std::list<wakeup*> waiting_;  // of the searches that wait until the connection is opened
    permits searches_;
    permits paging_;
    wakeup woken_;
    task_group background_;
};

}  // namespace tokend::plugin::ldap

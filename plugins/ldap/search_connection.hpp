#pragma once

#include "ldap/permits.hpp"
#include "ldap/servers.hpp"
#include "ldap/task_group.hpp"
#include "ldap/wakeup.hpp"

#include <functional>
#include <list>
#include <string>

namespace tokend::plugin::ldap {

// The one connection that is bound as the service, with all searches on it. It is opened when it is needed, probed, and
// replaced when it is too old or a better server is up again.
class search_connection
{
public:
    // `changed` is called when is_connected() or trouble() has changed.
    search_connection(executor const& on, server_settings const& how, servers& from, std::function<void()> changed);

    // Throws outage: no connection by `until`, or no answer within operation_timeout then. Repeated once if the
    // connection turns out to be lost, but not after a timeout.
    task<answer> search(search_request const& what, time_point until);
    // The same for what may be more entries than the server gives in one answer: then they are asked for page by page. A
    // server keeps one such search a connection, so these wait for each other. Ends with more than `most` entries.
    task<answer> search_all(search_request what, std::size_t most, time_point until);

    void start() { background_.spawn(keep()); }
    void look_again() { woken_.set(); }  // something about the servers has changed
    void stop();
    bool is_connected() const noexcept { return current_.to && current_.to->usable(); }
    std::size_t waiting() const noexcept { return searches_.waiting(); }
    std::string const& trouble() const noexcept { return trouble_; }

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
    std::list<wakeup*> waiting_;  // for the end of an opening
    permits searches_;
    permits paging_;
    wakeup woken_;
    task_group background_;
};

}  // namespace tokend::plugin::ldap

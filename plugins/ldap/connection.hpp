#pragma once

#include "ldap/engine.hpp"
#include "ldap/message.hpp"
#include "ldap/task.hpp"
#include "ldap/wakeup.hpp"
#include "ldap/wire.hpp"

#include <boost/asio/ssl/context.hpp>

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>

namespace tokend::plugin::ldap {

// One connection to one server. It carries any number of searches at once, or one bind (RFC 4511 section 4.2.1). An
// operation returns its answer, or throws timed_out at `until`, or connection_lost if the connection ends first. An
// operation that is late, or whose coroutine is cancelled, is abandoned; a bind cannot be abandoned, so it closes the
// connection instead. A message that does not answer a request in progress, or is of the wrong kind for it, closes the
// connection. Loop thread only.
class connection : public std::enable_shared_from_this<connection>
{
public:
    // Connects and encrypts within connect_timeout. Throws outage. REQUIRES: `how` and `tls` outlive the connection.
    static task<std::shared_ptr<connection>> open(endpoint const& to, addresses const& at, server_settings const& how,
                                                  asio::ssl::context& tls);
    ~connection();

    task<answer> bind(std::string const& dn, secret_bytes const& password, time_point until);
    task<answer> search(search_request const& what, time_point until);

    bool usable() const noexcept { return !closed_ && !retired_; }
    time_point opened_at() const noexcept { return opened_at_; }
    void close(std::string const& why) noexcept;
    std::string const& why_closed() const noexcept { return why_closed_; }
    void when_closed(std::function<void()> call) { when_closed_ = std::move(call); }
    void retire() noexcept;  // closes the connection once no operation is in progress

private:
    struct operation;
    connection(executor const& on, server_settings const& how);
    task<void> start_tls(asio::ssl::context& tls, std::string const& name);
    task<answer> wait(int id, ber_tag_t result, time_point until);
    task<void> receive(std::size_t most);  // reads once, and handles at most so many of the complete messages
    void take_messages(std::size_t most);
    operation* owner_of(message_head const& head);
    void take(operation& asked, message m, std::size_t size);
    void keep_receiving();
    void send();
    task<void> write_all();
    void require_sent(int rc) const;

    server_settings const& how_;
    executor const executor_;
    ldap::wire wire_;
    ldap::engine engine_;
    std::vector<char> input_;
    std::size_t received_ = 0;
    std::map<int, operation*> waiting_;  // by message id
    std::set<int> abandoned_;            // searches that may still be answered
    time_point const opened_at_ = now();
    bool writing_ = false;
    bool closed_ = false;
    bool retired_ = false;
    std::string why_closed_;
    std::function<void()> when_closed_;
};

}  // namespace tokend::plugin::ldap

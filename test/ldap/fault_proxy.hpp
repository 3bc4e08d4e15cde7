#pragma once

#include "ldap/loop.hpp"
#include "ldap/task.hpp"

#include <atomic>
#include <cstdint>
#include <mutex>
#include <set>
#include <string>

namespace tokend::test {

enum class fault
{
    none,
    silent,        // takes connections and bytes, and passes nothing on
    freeze,        // passes on 500 bytes of the server's, then nothing
    trickle,       // a byte of the server's each millisecond
    slow,          // everything of the server's half a second late
    reset,         // a reset as soon as the client has said something
    garbage,       // answers with what is no LDAP
    truncated,     // passes on half of the server's first message and closes
    huge,          // announces a message of a gigabyte
    half_message,  // passes on half of the server's first message, and then nothing
    wrong_kind,    // answers a bind with the result of a search, and the other way round
    wrong_id,      // answers under the number of another question
    strip,         // refuses StartTLS in the server's place
    inject         // puts a message behind the response to StartTLS
};

// Between the plugin and slapd, on a thread of its own. A fault holds for every byte from when it is set, on
// connections that are there already too.
class fault_proxy
{
public:
    explicit fault_proxy(std::uint16_t server_port);
    ~fault_proxy();

    void set(fault f) noexcept { fault_ = f; }
    std::uint16_t port() const noexcept { return port_; }
    std::string plain_uri() const { return "ldap://127.0.0.1:" + std::to_string(port_); }
    std::string tls_uri() const { return "ldaps://127.0.0.1:" + std::to_string(port_); }
    std::string captured() const;                                      // all that clients have sent
    std::size_t connections() const noexcept { return connections_; }  // so far
    std::size_t open_connections();
    void close_all();  // as a server does that does not want idle clients

private:
    struct pair;
    plugin::ldap::task<void> listen();
    plugin::ldap::task<void> serve(std::shared_ptr<pair> p);
    plugin::ldap::task<void> pump_up(std::shared_ptr<pair> p);
    plugin::ldap::task<void> pump_down(std::shared_ptr<pair> p);
    plugin::ldap::task<bool> spoil(std::shared_ptr<pair> p, std::string& bytes);

    std::uint16_t const server_port_;
    std::uint16_t port_ = 0;
    std::atomic<fault> fault_{fault::none};
    std::atomic<std::size_t> connections_{0};
    mutable std::mutex mutex_;
    std::string captured_;  // guarded by mutex_
    plugin::ldap::loop loop_;
    struct listener;
    std::unique_ptr<listener> listener_;
    std::set<std::shared_ptr<pair>> pairs_;
};

// A port on which nobody answers a SYN: its backlog is full.
class deaf_port
{
public:
    deaf_port();
    ~deaf_port();
    std::uint16_t port() const noexcept { return port_; }

private:
    std::uint16_t port_ = 0;
    std::vector<int> sockets_;
};

}  // namespace tokend::test

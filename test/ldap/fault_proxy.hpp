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
    silent,        // accepts connections and bytes, and passes nothing on
    freeze,        // passes on 500 bytes from the server, then nothing
    trickle,       // passes on one byte from the server per millisecond
    slow,          // passes on everything from the server half a second late
    reset,         // resets the connection as soon as the client has sent something
    garbage,       // answers with bytes that are not LDAP
    truncated,     // passes on half of the server's first message and closes
    huge,          // announces a message of a gigabyte
    half_message,  // passes on half of the server's first message, then nothing
    wrong_kind,    // answers a bind with the result of a search, and a search with that of a bind
    wrong_id,      // answers with the message id of another request
    strip,         // refuses StartTLS in the name of the server
    inject         // adds a message after the response to StartTLS
};

// A proxy between the plugin and slapd, on a thread of its own. A fault affects every byte from the moment it is set,
// on existing connections too.
class fault_proxy
{
public:
    explicit fault_proxy(std::uint16_t server_port);
    ~fault_proxy();

    void set(fault f) noexcept { fault_ = f; }
    std::uint16_t port() const noexcept { return port_; }
    std::string plain_uri() const { return "ldap://127.0.0.1:" + std::to_string(port_); }
    std::string tls_uri() const { return "ldaps://127.0.0.1:" + std::to_string(port_); }
    std::string captured() const;                                      // all bytes that clients have sent
    std::size_t connections() const noexcept { return connections_; }  // so far
    std::size_t open_connections();
    void close_all();  // as a server that closes idle connections

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

// A port that does not answer a SYN, because its backlog is full.
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

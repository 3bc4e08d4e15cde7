#pragma once

#include "base/datagram_target.hpp"
#include "base/inherited_sockets.hpp"

#include <sys/types.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

// The protocols between systemd and a service. systemd documents them as stable, so that a service can speak them
// without its library: sd_notify(3), sd_watchdog_enabled(3), sd_listen_fds(3). Without systemd all of it does nothing.
namespace tokend {

// Sends notifications to the service manager; see sd_notify(3). Each waits at most a second for the manager, and is
// lost if the manager does not take it. Thread-safe.
class notifier
{
public:
    explicit notifier(std::string_view to = {}) noexcept;  // NOTIFY_SOCKET; empty: there is no service manager

    bool has_manager() const noexcept { return to_.is_usable(); }

    void ready(std::string_view status) const;
    void ready() const;      // the end of a reload
    void reloading() const;  // its beginning
    // `longest` is the time after which the service is gone.
    void stopping(std::chrono::microseconds longest) const;
    void status(std::string_view text) const;  // one line, for people
    void feed_watchdog() const;

private:
    void send(std::string_view message) const noexcept;

    datagram_target const to_;
};

// Returns the time within which the watchdog must be fed, by WATCHDOG_USEC and WATCHDOG_PID; see
// sd_watchdog_enabled(3). Returns nothing if there is no watchdog for the process `self`.
std::optional<std::chrono::microseconds> watchdog_time(pid_t self);

// What systemd gave this process.
struct service_environment
{
    std::shared_ptr<notifier const> notify = std::make_shared<notifier const>();
    std::optional<std::chrono::microseconds> watchdog;
    inherited_sockets sockets;
};

// Reads the environment, and removes the variables from it, so that no other process takes them for its own. Call it
// before other threads run. Throws as take_inherited_sockets() does.
service_environment take_service_environment();

}  // namespace tokend

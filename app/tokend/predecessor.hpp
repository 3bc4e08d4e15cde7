#pragma once

#include "base/inherited_sockets.hpp"

#include <sys/types.h>

#include <optional>
#include <string>
#include <utility>

namespace tokend {

// The running tokend that this process replaces, `tokend --take-over`. The other side is successor_watch.
class predecessor
{
public:
    // Receives its listening sockets; see listeners::passed_on(). Returns nothing if nobody listens on the Unix socket
    // `at`. Throws std::system_error if it passes no sockets, if it belongs to neither this user nor root, or if its
    // end cannot be seen from here.
    static std::optional<predecessor> find(std::string const& at);
    predecessor(predecessor&& other) noexcept;
    ~predecessor();  // it goes on as if nothing had happened, unless end() was called

    pid_t pid() const noexcept { return pid_; }
    // Has it stop, and waits until its process has ended. Until then its clients have its answers, and new ones wait in
    // the sockets. Throws std::system_error.
    void end();
    inherited_sockets const& sockets() const noexcept { return sockets_; }
    inherited_sockets take_sockets() noexcept { return std::move(sockets_); }

private:
    predecessor(int connection, int process, pid_t pid, inherited_sockets sockets) noexcept;

    int connection_;  // -1 when moved from
    int process_;     // a descriptor of the process
    pid_t pid_;
    inherited_sockets sockets_;
};

// What `tokend --take-over` begins with.
struct taken_over
{
    bool is_wanted = false;
    std::optional<pid_t> from{};  // nothing: no tokend was running
    inherited_sockets sockets{};
};

}  // namespace tokend

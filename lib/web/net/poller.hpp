#pragma once

#include "base/task.hpp"

#include <boost/asio/posix/basic_stream_descriptor.hpp>

#include <functional>

namespace tokend {

// An object that is notified when its socket is ready. Loop thread only.
class watched
{
public:
    struct readiness
    {
        bool readable = false;
        bool writable = false;
        bool ending =
            false;  // the peer has ended its side, or is gone. A read reports it, after the data that are left.
    };
    virtual void ready(readiness r) = 0;

protected:
    ~watched() = default;
};

// Reports when sockets of one loop become ready: an edge-triggered epoll set inside Asio's. Asio's own reactor makes
// one read too many for each request, and does not report that the peer has ended.
class poller
{
public:
    explicit poller(asio::io_context& loop);  // throws std::system_error

    // Watches the socket until it is closed. Throws std::system_error. REQUIRES: `who` lives as long.
    void watch(int socket, watched& who);

    // Starts notifying. `begin_batch` runs after each epoll_wait and before its first notification, so a clock read
    // there is never older than the events. REQUIRES: neither object is destroyed before the loop has stopped.
    void start(std::function<void()> begin_batch);

private:
    void wait();
    int notify();  // returns the number of notifications

    std::function<void()> begin_batch_;
    asio::posix::basic_stream_descriptor<executor> set_;
};

}  // namespace tokend

#pragma once

#include "base/task.hpp"

#include <boost/asio/posix/basic_stream_descriptor.hpp>

#include <functional>

namespace tokend {

// Who is told that its socket is ready. On the loop's thread.
class watched
{
public:
    struct readiness
    {
        bool readable = false;
        bool writable = false;
        bool ending = false;  // the peer sends nothing more, or is gone: reading will say so, behind what is left
    };
    virtual void ready(readiness r) = 0;

protected:
    ~watched() = default;
};

// Says when sockets of one loop become ready: an edge-triggered epoll set within Asio's. Asio's own reactor tries to read once more
// than there is something to read, at each request, and does not tell that the peer has ended.
class poller
{
public:
    explicit poller(asio::io_context& loop);  // throws std::system_error

    // Until `socket` is closed. Throws std::system_error. REQUIRES: `who` lives as long.
    void watch(int socket, watched& who);

    // Tells all of them from now on, batch after batch. Once it knows of a batch, and before it tells, it calls `begin_batch`: a clock
    // that is read there is not behind what is told. REQUIRES: neither is destroyed before the loop has stopped.
    void start(std::function<void()> begin_batch);

private:
    void wait();
    int tell();  // returns how many

    std::function<void()> begin_batch_;
    asio::posix::basic_stream_descriptor<executor> set_;
};

}  // namespace tokend

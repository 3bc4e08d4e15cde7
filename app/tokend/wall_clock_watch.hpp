#pragma once

#include "base/clock.hpp"
#include "base/log.hpp"
#include "base/task.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>

#include <chrono>

namespace tokend {

// Logs each step of the system's wall clock once, with the new time and the time that tokend uses, which does not
// follow steps. The kernel reports a step, so nothing is polled. Loop thread only. REQUIRES: all arguments outlive this
// object.
class wall_clock_watch
{
public:
    wall_clock_watch(asio::io_context& loop, clock const& used, logger& log);  // throws std::system_error
    void start();

private:
    void wait();
    void look();
    std::chrono::nanoseconds lead() const noexcept;  // of the wall clock over `clock_`

    clock const& clock_;
    logger& log_;
    asio::posix::basic_stream_descriptor<executor> timer_;
    std::chrono::nanoseconds lead_{};  // when it was last logged
};

}  // namespace tokend

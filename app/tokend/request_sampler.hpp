#pragma once

#include "base/wakeup.hpp"
#include "web/services.hpp"

#include <boost/asio/io_context.hpp>

namespace tokend {

// Adds to the history of requests, once a second, what the workers have counted. Loop thread only. REQUIRES: `of`
// outlives this object.
class request_sampler
{
public:
    request_sampler(asio::io_context& loop, services& of) : services_{of}, timer_{loop.get_executor()} {}
    void start();

private:
    void sample();
    void wait();

    services& services_;
    steady_timer timer_;
};

}  // namespace tokend

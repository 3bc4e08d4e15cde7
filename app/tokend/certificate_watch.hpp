#pragma once

#include "base/clock.hpp"
#include "base/log.hpp"
#include "base/wakeup.hpp"
#include "tls/context.hpp"

#include <boost/asio/io_context.hpp>

#include <memory>
#include <vector>

namespace tokend {

// Logs warnings of certificates that will expire, 30, 7 and 1 days before, and of those that have. Looks when contexts
// come, and daily. Loop thread only. REQUIRES: all references outlive this object.
class certificate_watch
{
public:
    certificate_watch(asio::io_context& loop, clock const& now, logger& log);

    // Watches these contexts from now on instead of those before, and looks at once.
    void use(std::vector<std::shared_ptr<tls_context const>> contexts);

private:
    void look();
    void wait();

    clock const& clock_;
    logger& log_;
    steady_timer timer_;
    std::vector<std::shared_ptr<tls_context const>> contexts_;
    validity_watch watch_;
};

}  // namespace tokend

#pragma once

#include "app/tokend/file_changes.hpp"
#include "base/clock.hpp"
#include "base/log.hpp"
#include "base/wakeup.hpp"
#include "tls/context.hpp"

#include <boost/asio/io_context.hpp>

#include <functional>
#include <memory>
#include <vector>

namespace tokend {

// Logs warnings of certificates that will expire, 30, 7 and 1 days before, and of those that have. Looks when contexts
// come, and daily. Looks every two seconds whether a file of a certificate has changed. Loop thread only. REQUIRES: all
// references outlive this object.
class certificate_watch
{
public:
    // `renew` is called when files have changed.
    certificate_watch(asio::io_context& loop, clock const& now, logger& log, std::function<void()> renew);

    // Watches these contexts, and the files that they were made of, from now on instead of those before. Looks at once.
    void use(std::vector<std::shared_ptr<tls_context const>> contexts, file_changes files);

private:
    void look() noexcept;
    void wait();
    void wait_for_files();

    clock const& clock_;
    logger& log_;
    std::function<void()> const renew_;
    steady_timer timer_;
    steady_timer files_timer_;
    std::vector<std::shared_ptr<tls_context const>> contexts_;
    validity_watch watch_;
    file_changes files_;
};

}  // namespace tokend

#pragma once

#include "app/tokend/systemd.hpp"
#include "base/wakeup.hpp"

#include <boost/asio/io_context.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace tokend {

// Keeps the service manager informed: whether the service is ready, its status, and that it is alive. The watchdog is
// fed only if the control loop and every watched loop have turned since it was fed last. Without a service manager it
// does nothing, and no timer runs. Loop thread only, where a function says nothing else.
class service_manager
{
public:
    using instant = std::chrono::steady_clock::time_point;
    // Calls the function on another loop when that loop turns. Thread-safe.
    using loop = std::function<void(std::function<void()>)>;
    // The time between two looks at the status.
    static constexpr std::chrono::seconds status_pause{5};

    // REQUIRES: `control` outlives this object, and all loops stop before it is destroyed.
    service_manager(asio::io_context& control, std::shared_ptr<notifier const> notify,
                    std::optional<std::chrono::microseconds> watchdog, std::function<std::string()> status);

    void watch(loop l) { loops_.push_back(std::move(l)); }

    // The service is ready. From now on the status is refreshed and the watchdog is fed.
    void ready();
    // A reload begins; it ends when the last copy of the result is gone. Thread-safe; the result may outlive this
    // object.
    [[nodiscard]] std::shared_ptr<void const> reloading() const;
    // The stop begins; the service is gone after `longest`. The watchdog is still fed.
    void stopping(std::chrono::milliseconds longest);

    // What the timer does: asks the loops for a sign of life, unless one still owes the last, and sends the status if
    // it has changed.
    void look(instant now);

private:
    std::chrono::microseconds pause() const noexcept;
    void wait();
    void ask_loops();
    void turned();
    void send_status(instant now);

    asio::io_context& control_;
    std::shared_ptr<notifier const> const notify_;
    std::optional<std::chrono::microseconds> const watchdog_;
    std::function<std::string()> const status_;
    std::vector<loop> loops_;
    std::size_t awaited_ = 0;  // loops that have not turned since they were asked
    std::string sent_status_;
    instant next_status_{};
    bool stopping_ = false;
    steady_timer timer_;
};

}  // namespace tokend

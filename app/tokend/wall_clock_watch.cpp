#include "app/tokend/wall_clock_watch.hpp"

#include "base/insist.hpp"
#include "base/text.hpp"

#include <sys/timerfd.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <system_error>

namespace tokend {
namespace {

constexpr std::chrono::seconds least_step{1};  // a time service makes smaller steps

int make_timer()
{
    int const descriptor = ::timerfd_create(CLOCK_REALTIME, TFD_CLOEXEC | TFD_NONBLOCK);
    if (descriptor < 0)
        throw std::system_error{errno, std::system_category(), "timerfd_create"};
    return descriptor;
}

// Never fires, but is cancelled by a step of the clock (timerfd_create(2)).
void arm(int timer) noexcept
{
    itimerspec never{};
    never.it_value.tv_sec = 9'000'000'000;  // the year 2255
    ::timerfd_settime(timer, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &never, nullptr);
}

}  // namespace

wall_clock_watch::wall_clock_watch(asio::io_context& loop, clock const& used, logger& log)
    : clock_{used}, log_{log}, timer_{loop.get_executor(), make_timer()}
{}

void wall_clock_watch::start()
{
    lead_ = lead();
    arm(timer_.native_handle());
    wait();
}

std::chrono::nanoseconds wall_clock_watch::lead() const noexcept
{
    return std::chrono::system_clock::now() - clock_.now();
}

void wall_clock_watch::wait()
{
    auto cancelled = [this](boost::system::error_code const& ec) {
        if (ec)
            return;
        std::uint64_t ignored = 0;
        [[maybe_unused]] auto const count = ::read(timer_.native_handle(), &ignored, sizeof ignored);
        arm(timer_.native_handle());
        wait();
        look();
    };
    insist([&] { timer_.async_wait(timer_.wait_read, cancelled); });
}

void wall_clock_watch::look()
{
    auto const now = lead();
    if (std::chrono::abs(now - lead_) < least_step)
        return;
    lead_ = now;
    auto const used = clock_.now();
    log_.warning(
        "the wall clock was set; tokend keeps its own time until it is started again",
        {{"wall_clock", format_rfc3339(whole_seconds(used + now))}, {"used", format_rfc3339(whole_seconds(used))}});
}

}  // namespace tokend

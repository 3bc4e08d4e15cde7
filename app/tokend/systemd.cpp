#include "app/tokend/systemd.hpp"

#include "base/text.hpp"

#include <sys/socket.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <limits>

namespace tokend {
namespace {

std::string_view variable(char const* name) noexcept
{
    auto const* const value = ::getenv(name);
    return value ? std::string_view{value} : std::string_view{};
}

// CLOCK_MONOTONIC in microseconds, which RELOADING=1 needs from systemd 253 on.
std::string monotonic_microseconds()
{
    timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC, &now);
    return std::to_string(now.tv_sec * 1'000'000LL + now.tv_nsec / 1000);
}

}  // namespace

notifier::notifier(std::string_view to) noexcept : to_{to}
{
    timeval const longest{1, 0};
    ::setsockopt(to_.native_handle(), SOL_SOCKET, SO_SNDTIMEO, &longest, sizeof longest);
}

void notifier::send(std::string_view message) const noexcept
{
    if (!to_.is_usable())
        return;
    iovec bytes{const_cast<char*>(message.data()), message.size()};
    auto datagram = to_.message();
    datagram.msg_iov = &bytes;
    datagram.msg_iovlen = 1;
    while (::sendmsg(to_.native_handle(), &datagram, MSG_NOSIGNAL) < 0 && errno == EINTR)
        ;
}

void notifier::ready(std::string_view status) const { send(std::string{"READY=1\nSTATUS="}.append(status)); }
void notifier::ready() const { send("READY=1"); }
void notifier::reloading() const { send("RELOADING=1\nMONOTONIC_USEC=" + monotonic_microseconds()); }

void notifier::stopping(std::chrono::microseconds longest) const
{
    send("STOPPING=1\nSTATUS=stopping\nEXTEND_TIMEOUT_USEC=" + std::to_string(longest.count()));
}

void notifier::status(std::string_view text) const { send(std::string{"STATUS="}.append(text)); }
void notifier::feed_watchdog() const { send("WATCHDOG=1"); }

std::optional<std::chrono::microseconds> watchdog_time(pid_t self)
{
    auto const whose = variable("WATCHDOG_PID");
    auto const time = parse_number(variable("WATCHDOG_USEC"));
    bool const ours = whose.empty() || whose == std::to_string(self);
    bool const possible = time && *time > 0 && *time <= std::numeric_limits<std::uint32_t>::max() * 1'000'000ULL;
    if (!ours || !possible)
        return std::nullopt;
    return std::chrono::microseconds{static_cast<std::int64_t>(*time)};
}

service_environment take_service_environment()
{
    service_environment taken;
    taken.notify = std::make_shared<notifier const>(variable("NOTIFY_SOCKET"));
    taken.watchdog = watchdog_time(::getpid());
    taken.sockets = take_inherited_sockets(::getpid());
    for (auto const* const name : {"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"})
        ::unsetenv(name);
    return taken;
}

}  // namespace tokend

#include "app/tokend/systemd.hpp"

#include "base/text.hpp"

#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
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

notifier::notifier(std::string_view to) noexcept
    : to_{to},
      socket_{to_.starts_with('/') || to_.starts_with('@') ? ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0) : -1}
{
    timeval const longest{1, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &longest, sizeof longest);
}

notifier::~notifier()
{
    if (socket_ >= 0)
        ::close(socket_);
}

void notifier::send(std::string_view message) const noexcept
{
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (socket_ < 0 || to_.size() >= sizeof address.sun_path)
        return;
    std::memcpy(address.sun_path, to_.data(), to_.size());
    if (to_.front() == '@')
        address.sun_path[0] = '\0';
    auto const size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + to_.size());
    auto const* const target = reinterpret_cast<sockaddr const*>(&address);
    while (::sendto(socket_, message.data(), message.size(), MSG_NOSIGNAL, target, size) < 0 && errno == EINTR)
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

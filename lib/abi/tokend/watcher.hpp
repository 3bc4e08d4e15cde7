#pragma once

#include "tokend/descriptor.hpp"
#include "tokend/file_events.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <exception>
#include <functional>
#include <limits>
#include <string>
#include <system_error>
#include <thread>
#include <utility>

namespace tokend::plugin {

enum class next_look
{
    on_change,
    in_a_second  // or on a change: the last attempt failed
};

struct watcher_calls
{
    std::function<next_look()> look;  // an exception counts as in_a_second
    // Called once, before the first look after which a change may go unnoticed.
    std::function<void(std::string const& reason)> blind;
};

// Calls `look` once at the start and then whenever the file may have changed, on a thread of its own, until destroyed.
// The thread sleeps while nothing changes. Where the system does not report every change, it also looks every
// `interval`.
class watcher
{
public:
    // REQUIRES: interval is positive.
    watcher(std::string const& path, std::chrono::milliseconds interval, watcher_calls calls);
    ~watcher();  // returns as soon as a running look() does

private:
    void run();
    [[nodiscard]] bool wait(int timeout_ms);  // returns false if the watcher ends
    [[nodiscard]] bool settle();              // waits until a writer seems to have finished; false if the watcher ends

    file_events events_;
    std::chrono::milliseconds const interval_;
    watcher_calls const calls_;
    descriptor const ending_;  // eventfd
    std::thread thread_;       // last: it uses the members above
};

namespace detail {

inline constexpr int quiet_ms = 50;  // a writer that is silent for so long has finished
inline constexpr std::chrono::milliseconds longest_wait_for_quiet{500};

inline int make_event()
{
    int const event = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (event < 0)
        throw std::system_error{errno, std::generic_category(), "eventfd"};
    return event;
}

}  // namespace detail

inline watcher::watcher(std::string const& path, std::chrono::milliseconds interval, watcher_calls calls)
    : events_{path}, interval_{interval}, calls_{std::move(calls)}, ending_{detail::make_event()}, thread_{[this] {
          run();
      }}
{}

inline watcher::~watcher()
{
    std::uint64_t const one = 1;
    while (::write(ending_.get(), &one, sizeof one) < 0 && errno == EINTR)
        ;
    thread_.join();
}

inline void watcher::run()
{
    bool told = false;
    for (;;)
    {
        bool sees_all = false;
        auto next = next_look::in_a_second;
        try
        {
            sees_all = events_.watch();  // before the look, so that a change after it is an event
            if (!sees_all && !std::exchange(told, true))
                calls_.blind(events_.reason());
            next = calls_.look();
        }
        catch (std::exception const&)
        {
            // There is no memory.
        }
        auto timeout = sees_all ? std::chrono::milliseconds::max() : interval_;
        if (next == next_look::in_a_second)
            timeout = std::min<std::chrono::milliseconds>(timeout, std::chrono::seconds{1});
        bool const forever = timeout.count() > std::numeric_limits<int>::max();
        if (!wait(forever ? -1 : static_cast<int>(timeout.count())) || !settle())
            return;
    }
}

inline bool watcher::wait(int timeout_ms)
{
    std::array<pollfd, 2> sources{{{ending_.get(), POLLIN, 0}, {events_.get(), POLLIN, 0}}};
    ::poll(sources.data(), sources.size(), timeout_ms);
    return sources[0].revents == 0;
}

inline bool watcher::settle()
{
    auto const until = std::chrono::steady_clock::now() + detail::longest_wait_for_quiet;
    for (pollfd source{events_.get(), POLLIN, 0};
         ::poll(&source, 1, 0) > 0 && std::chrono::steady_clock::now() < until;)
    {
        events_.drain();
        std::array<pollfd, 2> sources{{{ending_.get(), POLLIN, 0}, {events_.get(), POLLIN, 0}}};
        ::poll(sources.data(), sources.size(), detail::quiet_ms);
        if (sources[0].revents != 0)
            return false;
    }
    events_.drain();
    return true;
}

}  // namespace tokend::plugin

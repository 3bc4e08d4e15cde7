#include "common/watcher.hpp"

#include <poll.h>
#include <sys/eventfd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <exception>
#include <limits>
#include <system_error>
#include <utility>

namespace tokend::plugin {
namespace {

using namespace std::chrono_literals;

constexpr int quiet_ms = 50;  // a writer that is silent for so long has finished
constexpr auto longest_wait_for_quiet = 500ms;

int make_event()
{
    int const event = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (event < 0)
        throw std::system_error{errno, std::generic_category(), "eventfd"};
    return event;
}

}  // namespace

watcher::watcher(std::string const& path, std::chrono::milliseconds interval, watcher_calls calls)
    : events_{path}, interval_{interval}, calls_{std::move(calls)}, ending_{make_event()}, thread_{[this] { run(); }}
{}

watcher::~watcher()
{
    std::uint64_t const one = 1;
    while (::write(ending_.get(), &one, sizeof one) < 0 && errno == EINTR)
        ;
    thread_.join();
}

void watcher::run()
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
            timeout = std::min<std::chrono::milliseconds>(timeout, 1s);
        bool const forever = timeout.count() > std::numeric_limits<int>::max();
        if (!wait(forever ? -1 : static_cast<int>(timeout.count())) || !settle())
            return;
    }
}

bool watcher::wait(int timeout_ms)
{
    std::array<pollfd, 2> sources{{{ending_.get(), POLLIN, 0}, {events_.get(), POLLIN, 0}}};
    ::poll(sources.data(), sources.size(), timeout_ms);
    return sources[0].revents == 0;
}

bool watcher::settle()
{
    auto const until = std::chrono::steady_clock::now() + longest_wait_for_quiet;
    for (pollfd source{events_.get(), POLLIN, 0};
         ::poll(&source, 1, 0) > 0 && std::chrono::steady_clock::now() < until;)
    {
        events_.drain();
        std::array<pollfd, 2> sources{{{ending_.get(), POLLIN, 0}, {events_.get(), POLLIN, 0}}};
        ::poll(sources.data(), sources.size(), quiet_ms);
        if (sources[0].revents != 0)
            return false;
    }
    events_.drain();
    return true;
}

}  // namespace tokend::plugin

#pragma once

#include "common/descriptor.hpp"
#include "common/file_events.hpp"

#include <chrono>
#include <functional>
#include <string>
#include <thread>

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

}  // namespace tokend::plugin

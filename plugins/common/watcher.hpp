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
    in_a_second  // the last attempt failed; on a change too
};

struct watcher_calls
{
    std::function<next_look()> look;  // must not throw
    std::function<void(std::string const& reason)>
        blind;  // changes may go unnoticed: called once, before the first such look
};

// Calls `look` once at the start, and then whenever a file may have changed, on one thread of its own, until destroyed.
// The thread sleeps while nothing changes. Where the system does not report every change, it looks every `interval` as
// well.
class watcher
{
public:
    // REQUIRES: interval is positive.
    watcher(std::string const& path, std::chrono::milliseconds interval, watcher_calls calls);
    ~watcher();  // returns as soon as a running look() does

private:
    void run();
    bool wait(int timeout_ms);  // false: the watcher ends
    bool settle();              // waits until a writer seems to have finished

    file_events events_;
    std::chrono::milliseconds const interval_;
    watcher_calls const calls_;
    descriptor const ending_;  // eventfd
    std::thread thread_;       // last: runs over all above
};

}  // namespace tokend::plugin

#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

namespace tokend::plugin {

// Calls `look` every interval, on one thread of its own, until destroyed. REQUIRES: look does not throw; interval is
// positive.
class watcher
{
public:
    watcher(std::chrono::milliseconds interval, std::function<void()> look);
    ~watcher();  // returns as soon as a running look() does

private:
    std::mutex mutex_;
    std::condition_variable stopping_;
    bool stopped_ = false;  // guarded by mutex_
    std::thread thread_;    // last: runs over all above
};

}  // namespace tokend::plugin

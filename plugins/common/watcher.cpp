#include "common/watcher.hpp"

#include <utility>

namespace tokend::plugin {

watcher::watcher(std::chrono::milliseconds interval, std::function<void()> look)
    : thread_{[this, interval, look = std::move(look)] {
          std::unique_lock lock{mutex_};
          while (!stopping_.wait_for(lock, interval, [this] { return stopped_; }))
          {
              lock.unlock();
              look();
              lock.lock();
          }
      }}
{}

watcher::~watcher()
{
    {
        std::lock_guard const guard{mutex_};
        stopped_ = true;
    }
    stopping_.notify_one();
    thread_.join();
}

}  // namespace tokend::plugin

#include "base/reaper.hpp"

#include "base/thread_name.hpp"

namespace tokend {

reaper::reaper()
    : thread_{[this] {
          name_this_thread("reaper");
          run();
      }}
{}

reaper::~reaper()
{
    {
        std::lock_guard const lock{mutex_};
        stopping_ = true;
    }
    changed_.notify_one();
    thread_.join();
}

void reaper::take(std::unique_ptr<unused> u) noexcept
{
    {
        std::lock_guard const lock{mutex_};
        u->next = std::move(left_);
        left_ = std::move(u);
    }
    changed_.notify_one();
}

void reaper::run()
{
    std::unique_lock lock{mutex_};
    for (;;)
    {
        changed_.wait(lock, [this] { return left_ || stopping_; });
        if (!left_)
            return;
        auto object = std::move(left_);
        left_ = std::move(object->next);
        lock.unlock();
        object.reset();
        lock.lock();
    }
}

}  // namespace tokend

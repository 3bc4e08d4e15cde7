#include "table/commit_queue.hpp"

#include <exception>
#include <utility>

namespace tokend {

commit_queue::commit_queue(tokens_file& file, logger& log) : file_{file}, log_{log}, thread_{[this] { run(); }} {}

commit_queue::~commit_queue()
{
    {
        std::lock_guard const lock{mutex_};
        stopping_ = true;
    }
    changed_.notify_one();
    thread_.join();
}

// Notifies without the lock, which the thread then finds free.
void commit_queue::add(told done)
{
    {
        std::lock_guard const lock{mutex_};
        waiting_.push_back(std::move(done));
    }
    changed_.notify_one();
}

void commit_queue::run()
{
    for (std::unique_lock lock{mutex_};;)
    {
        changed_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
        auto const together = std::exchange(waiting_, {});
        if (together.empty())
            return;
        lock.unlock();
        bool const on_disk = commit();
        for (auto const& done : together)
            done(on_disk);
        lock.lock();
    }
}

bool commit_queue::commit() noexcept
try
{
    file_.synchronize();
    return true;
}
catch (std::exception const& e)
{
    log_.error(e.what());
    return false;
}

}  // namespace tokend

#include "table/commit_queue.hpp"

#include <exception>
#include <utility>

namespace tokend {

commit_queue::commit_queue(tokens_file& file, logger& log)
    : file_{file}, log_{log}, thread_{[this](std::stop_token stop) { run(stop); }}
{}

commit_queue::~commit_queue()
{
    thread_.request_stop();
    thread_.join();
}

void commit_queue::add(told done)
{
    std::lock_guard const lock{mutex_};
    waiting_.push_back(std::move(done));
    added_.notify_one();
}

void commit_queue::run(std::stop_token stop)
{
    std::unique_lock lock{mutex_};
    while (added_.wait(lock, stop, [&] { return !waiting_.empty(); }))
    {
        auto const together = std::exchange(waiting_, {});
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

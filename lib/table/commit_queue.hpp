#pragma once

#include "base/log.hpp"
#include "table/tokens_file.hpp"

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace tokend {

// Group commit: those who wait for the disk are told together, on a thread of this object's own, while the next ones gather.
class commit_queue
{
public:
    using told = std::function<void(bool on_disk)>;

    commit_queue(tokens_file& file, logger& log);  // both outlive this object
    ~commit_queue();                               // tells all who wait

    // `done` is called, on another thread, once everything that this thread has done before is on the disk. Any thread.
    void add(told done);

private:
    void run();
    bool commit() noexcept;

    tokens_file& file_;
    logger& log_;
    std::mutex mutex_;  // guards the next
    std::vector<told> waiting_;
    bool stopping_ = false;
    std::condition_variable changed_;
    std::jthread thread_;  // last: runs over all above
};

}  // namespace tokend

#include "ldap/lag_gauge.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cstdio>

namespace tokend::plugin::ldap {
namespace {

// proc(5), schedstat: time on a core, time waiting for one, both in nanoseconds, and the number of turns.
class run_queue
{
public:
    run_queue() : file_{::open("/proc/thread-self/schedstat", O_RDONLY | O_CLOEXEC)} {}
    run_queue(run_queue const&) = delete;
    ~run_queue()
    {
        if (file_ >= 0)
            ::close(file_);
    }
    std::chrono::nanoseconds waited() const
    {
        char text[96] = "";
        long long on_core = 0;
        long long waited = 0;
        if (file_ < 0 || ::pread(file_, text, sizeof text - 1, 0) <= 0 ||
            std::sscanf(text, "%lld %lld", &on_core, &waited) != 2)
            return {};
        return std::chrono::nanoseconds{waited};
    }

private:
    int file_;
};

}  // namespace

task<void> lag_gauge::run()
{
    run_queue const queue;  // of this thread: the loop's
    for (;;)
    {
        auto const waited = queue.waited();
        auto const due = now() + interval_;
        timer_.expires_at(due);
        co_await timer_.async_wait(use_task);
        auto const lag = (now() - due) - (queue.waited() - waited);
        if (lag.count() > longest_.load(std::memory_order_relaxed))
            longest_.store(lag.count(), std::memory_order_relaxed);
    }
}

}  // namespace tokend::plugin::ldap

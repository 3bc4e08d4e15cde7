#include "ldap/lag_gauge.hpp"

#include "ldap/run_queue.hpp"

namespace tokend::plugin::ldap {

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

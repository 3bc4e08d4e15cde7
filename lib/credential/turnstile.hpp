#pragma once

#include "base/task.hpp"
#include "credential/fair_queue.hpp"
#include "credential/tickets.hpp"

#include <chrono>
#include <cstddef>
#include <mutex>

namespace tokend {

// A number of places, and a bounded queue of coroutines that wait for one by turns: see fair_queue. Thread-safe.
class turnstile
{
public:
    turnstile(std::size_t places, std::size_t queue_bound)
        : free_{places}, bound_{queue_bound}, waits_{2 * queue_bound + 1}  // also of those that are being told
    {}

    // Takes a place if one is free and nobody waits. Whoever has a place gives it back.
    [[nodiscard]] bool try_take();
    // Waits for a place until `deadline`, on the scale of boot_time(). Returns false if none came, or if the queue is
    // full and the caller is the one to go. Loop thread only.
    [[nodiscard]] task<bool> take(payer who, std::chrono::nanoseconds deadline);
    void give_back() noexcept;
    std::size_t queued() const
    {
        std::lock_guard const lock{mutex_};
        return queue_.size();
    }
    // Ends every wait.
    void stop() noexcept { waits_.stop(); }

private:
    enum class entry
    {
        taken,
        queued,
        refused
    };
    entry enter(payer const& who, tokend_ticket ticket);

    mutable std::mutex mutex_;  // guards the three below
    std::size_t free_;
    std::size_t const bound_;
    fair_queue<tokend_ticket> queue_;
    tickets waits_;
};

}  // namespace tokend

#pragma once

#include "base/clock.hpp"
#include "base/task.hpp"
#include "base/wakeup.hpp"
#include "credential/verdict.hpp"

#include "tokend/plugin.h"

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

namespace tokend {

// The waits of one backend for the answers of its plugin.
//
// A ticket is a slot's number and its generation, never a pointer: a plugin that answers twice, late or at random finds
// another generation, and the answer is only counted. The first of answer, deadline and stop moves the slot out of
// `waiting` with one compare-exchange; the others lose. A slot whose deadline has passed stays taken until the plugin
// answers, so a plugin that never answers uses up its slots and nothing else. An answer counts only if the plugin gave
// it before the deadline, even if the waiting loop was blocked and could not see the deadline pass.
//
//   free --open--> waiting --settle()--> answered --wait() returns--> free (next generation)
//                     '----deadline----> abandoned --settle()-------> free (next generation)
//
// Pairs (release on the left, acquire on the right)
//   A   opening stores `waiting` | the compare-exchange to `answered`: the winner sees the slot's deadline and wait.
//   B   the deadline's compare-exchange to `abandoned` | that of settle(): the slot is released after the wait has used
//       it for the last time.
//   C   release stores `free` | opening loads the generation: the next owner comes after all that the last one did.
//       The lock around free_ orders these two as well.
// The answer is in no pair. settle() writes it after the slot has become `answered`, when only the waiting loop will
// read it, and hands it over with asio::post or on that loop itself.
// A ticket that is_waiting() may be settled by another thread at once: the result is a hint.
class tickets
{
public:
    // `on_release` is called whenever a slot has become free, on any thread; it must not throw.
    explicit tickets(std::size_t capacity, std::function<void()> on_release = {});
    ~tickets();

    // One wait, on the loop that asked. Owns the `waiting` phase of its slot. If it is destroyed before the task of
    // wait() has begun, nobody was asked, and the slot is free again; later, the slot stays abandoned until the plugin
    // answers. Loop thread only.
    class pending
    {
    public:
        // Opens a slot if one is free. `deadline` is on the scale of boot_time(). REQUIRES: `from` outlives this
        // object.
        pending(tickets& from, executor loop, std::chrono::nanoseconds deadline);
        ~pending();
        pending(pending const&) = delete;

        explicit operator bool() const noexcept { return slot_ != no_slot; }
        tokend_ticket ticket() const noexcept { return ticket_; }

        // Gives the slot back if the plugin was not asked after all. Returns false if stop() was faster: then its
        // answer is on the way, and wait() has to fetch it.
        [[nodiscard]] bool withdraw() noexcept;

        // Returns the plugin's verdict, or `unavailable` if it did not come before the deadline. Then expired() is true
        // if the plugin still has to answer. Call it once.
        [[nodiscard]] task<verdict> wait();
        bool expired() const noexcept { return expired_; }

    private:
        friend class tickets;
        static constexpr std::uint32_t no_slot = 0xffffffff;

        tickets& from_;
        wakeup answered_;  // set when the answer is there
        std::uint32_t slot_ = no_slot;
        tokend_ticket ticket_ = 0;
        bool awaited_ = false;
        bool expired_ = false;
    };

    // Gives the verdict to the wait with this ticket. Returns false if no wait has it: the answer is late, a second
    // one, or for an unknown ticket. `now` is on the scale of boot_time(). Thread-safe, also inside the call that
    // asked.
    bool settle(tokend_ticket ticket, verdict&& v, std::chrono::nanoseconds now = boot_time()) noexcept;
    // Returns true if a wait has this ticket. Thread-safe.
    [[nodiscard]] bool is_waiting(tokend_ticket ticket) const noexcept;
    // Ends every wait with the verdict `unavailable`. Thread-safe.
    void stop() noexcept;

    std::size_t in_flight() const;                // slots that are not free
    std::uint64_t stray_answers() const noexcept  // late, second and unknown ones
    {
        return stray_.load(std::memory_order_relaxed);
    }

private:
    struct slot;

    void wake(tokend_ticket ticket) noexcept;
    void release(std::uint32_t index) noexcept;

    std::vector<slot> slots_;
    std::function<void()> const on_release_;
    std::atomic<std::uint64_t> stray_{0};
    mutable std::mutex mutex_;  // guards free_
    std::vector<std::uint32_t> free_;
};

}  // namespace tokend

#pragma once

#include "base/clock.hpp"
#include "base/task.hpp"
#include "base/wakeup.hpp"
#include "credential/verdict.hpp"

#include "tokend/plugin.h"

#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <vector>

namespace tokend {

// The questions of one backend that wait for its plugin's done().
//
// A ticket is a slot's number and its generation, never a pointer: whatever a plugin does with it, and however late, at worst
// finds another generation and is counted. The first of answer, deadline and stop moves the slot out of `waiting` with one
// compare-and-swap; the others lose. A slot whose question ran into its deadline stays taken until the plugin answers after
// all, so a plugin that never answers runs out of slots, and of nothing else. An answer counts only if the plugin gave it before
// the deadline, even if the loop that waits was held and could not see the deadline pass.
//
//   free --open--> waiting --settle()--> answered --wait() returns--> free (next generation)
//                     '----deadline----> abandoned --settle()-------> free (next generation)
class tickets
{
public:
    explicit tickets(std::size_t capacity);
    ~tickets();

    // A question on the loop that asked it. Owns its slot's `waiting` phase: destroyed early, it leaves the slot abandoned.
    class pending
    {
    public:
        // Opens a slot, if one is free. `deadline`: as of boot_time().
        pending(tickets& from, executor loop, std::chrono::nanoseconds deadline);
        ~pending();
        pending(pending const&) = delete;

        explicit operator bool() const noexcept { return slot_ != no_slot; }
        tokend_ticket ticket() const noexcept { return ticket_; }

        // Gives the slot back if the plugin was not asked after all. Returns false if stop() was faster: then its
        // answer is on the way, and wait() has to fetch it.
        [[nodiscard]] bool withdraw() noexcept;

        // The plugin's verdict, or `unavailable` if it did not come before the deadline. expired() is true if it has not come yet.
        [[nodiscard]] task<verdict> wait();  // once
        bool expired() const noexcept { return expired_; }

    private:
        friend class tickets;
        static constexpr std::uint32_t no_slot = 0xffffffff;

        tickets& from_;
        wakeup answered_;  // set when the answer is there
        std::uint32_t slot_ = no_slot;
        tokend_ticket ticket_ = 0;
        bool expired_ = false;
    };

    // Gives the verdict to whoever waits for the ticket. Any thread, also inside the call that asked. False if nobody is given
    // it: late, second, or no ticket of ours. `now`: as of boot_time().
    bool settle(tokend_ticket ticket, verdict&& v, std::chrono::nanoseconds now = boot_time()) noexcept;
    // Whether somebody still waits for it. Any thread.
    [[nodiscard]] bool is_waiting(tokend_ticket ticket) const noexcept;
    // Answers everything that waits with `unavailable`. Any thread.
    void stop() noexcept;

    std::size_t in_flight() const;  // slots that are not free
    std::uint64_t stray_answers() const noexcept
    {
        return stray_.load(std::memory_order_relaxed);
    }  // late or second ones

private:
    struct slot;

    void release(std::uint32_t index) noexcept;

    std::vector<slot> slots_;
    std::atomic<std::uint64_t> stray_{0};
    mutable std::mutex mutex_;  // guards free_
    std::vector<std::uint32_t> free_;
};

}  // namespace tokend

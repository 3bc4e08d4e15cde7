#pragma once

#include "base/durable_store.hpp"

#include <boost/intrusive/slist.hpp>

#include <chrono>
#include <cstdint>
#include <memory>

namespace tokend {

// Waiters, the first one first.
class waiter_list
{
public:
    waiter_list() = default;
    ~waiter_list();
    waiter_list(waiter_list const&) = delete;

    [[nodiscard]] bool empty() const noexcept { return all_.empty(); }
    void push(std::unique_ptr<commit_waiter> w) noexcept { all_.push_back(*w.release()); }
    [[nodiscard]] std::unique_ptr<commit_waiter> pop() noexcept;
    commit_waiter const& front() const noexcept { return all_.front(); }  // REQUIRES, like back() and pop(): not empty
    commit_waiter const& back() const noexcept { return all_.back(); }
    // Tells all of them, and is empty.
    void tell(bool done) noexcept;

private:
    boost::intrusive::slist<commit_waiter, boost::intrusive::cache_last<true>,
                            boost::intrusive::constant_time_size<false>>
        all_;
};

// Group commit: those who wait until what they did is in the tokens file, and are told together. Not thread-safe.
class commit_queue
{
public:
    using clock_time = std::chrono::steady_clock::time_point;

    // `unit`: how much must be written; never less than in an earlier call.
    void add(durability how, std::uint64_t unit, clock_time now, std::unique_ptr<commit_waiter> who) noexcept;

    bool is_empty() const noexcept { return written_.empty() && on_disk_.empty(); }
    bool waits_for_disk() const noexcept { return !on_disk_.empty(); }

    // The functions below append to `out` those who need not wait longer.
    void take(durability how, std::uint64_t unit, waiter_list& out) noexcept;  // so much is safe
    void take_older(clock_time than, waiter_list& out) noexcept;               // who have waited since before `than`
    void take_all(waiter_list& out) noexcept;

private:
    waiter_list& of(durability how) noexcept { return how == durability::written ? written_ : on_disk_; }
    template <class Is>
    static void take_while(waiter_list& from, Is is_due, waiter_list& out) noexcept;

    waiter_list written_;
    waiter_list on_disk_;
};

}  // namespace tokend

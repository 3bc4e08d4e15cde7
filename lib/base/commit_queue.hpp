#pragma once

#include "base/durable_store.hpp"

#include <boost/intrusive/slist.hpp>

#include <chrono>
#include <cstdint>
#include <memory>

namespace tokend {

// A queue of waiters, which it owns.
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
    // Notifies all of them, in order, and is empty then.
    void notify(bool done) noexcept;

private:
    boost::intrusive::slist<commit_waiter, boost::intrusive::cache_last<true>,
                            boost::intrusive::constant_time_size<false>>
        all_;
};

// Group commit: the waiters of many changes are notified together when a file holds the changes. Not thread-safe.
class commit_queue
{
public:
    using clock_time = std::chrono::steady_clock::time_point;

    // `unit` is the number of units that must be safe first; it never decreases from call to call.
    void add(durability how, std::uint64_t unit, clock_time now, std::unique_ptr<commit_waiter> who) noexcept;

    bool is_empty() const noexcept { return written_.empty() && on_disk_.empty(); }
    bool waits_for_disk() const noexcept { return !on_disk_.empty(); }

    // The functions below move the waiters that need not wait longer to the end of `out`.
    void take(durability how, std::uint64_t unit, waiter_list& out) noexcept;  // if `unit` units are safe
    void take_older(clock_time than, waiter_list& out) noexcept;               // that have waited since before `than`
    void take_all(waiter_list& out) noexcept;

private:
    waiter_list& of(durability how) noexcept { return how == durability::written ? written_ : on_disk_; }
    template <class Is>
    static void take_while(waiter_list& from, Is is_due, waiter_list& out) noexcept;

    waiter_list written_;
    waiter_list on_disk_;
};

}  // namespace tokend

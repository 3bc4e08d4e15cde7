#pragma once

#include "base/durable_store.hpp"
#include "base/task.hpp"

#include <boost/intrusive/slist.hpp>

#include <functional>
#include <mutex>

namespace tokend {

class mailbox;

// A coroutine that waits for the tokens file. It comes back to its worker through the mailbox.
class mailbox_waiter : public commit_waiter
{
public:
    explicit mailbox_waiter(mailbox& home) noexcept : home_{home} {}
    void notify(std::unique_ptr<commit_waiter> self, bool done) noexcept final;

private:
    friend class mailbox;
    virtual void resume(bool done) = 0;  // called on the loop thread

    mailbox& home_;
    bool done_ = false;
};

// Brings waiters back to their loop. Any thread puts them in, and the loop resumes all of them in one go.
class mailbox
{
public:
    explicit mailbox(asio::io_context& loop) : loop_{loop} {}
    ~mailbox();
    mailbox(mailbox const&) = delete;

    // `begin_batch` runs before each batch is resumed, so a clock read there is never older than the events.
    void start(std::function<void()> begin_batch) { begin_batch_ = std::move(begin_batch); }

    // Takes ownership of the waiter. Thread-safe while the loop exists.
    void put(mailbox_waiter& w) noexcept;

private:
    using waiters = boost::intrusive::slist<mailbox_waiter, boost::intrusive::cache_last<true>,
                                            boost::intrusive::constant_time_size<false>>;
    void resume_all();

    asio::io_context& loop_;
    std::function<void()> begin_batch_;
    std::mutex mutex_;  // guards here_ and called_
    waiters here_;
    bool called_ = false;  // resume_all() is posted
};

}  // namespace tokend

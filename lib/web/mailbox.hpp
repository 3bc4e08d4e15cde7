#pragma once

#include "base/durable_store.hpp"
#include "base/task.hpp"

#include <boost/intrusive/slist.hpp>

#include <functional>
#include <mutex>

namespace tokend {

class mailbox;

// A coroutine of a worker that waits in a tokens file. It comes back through its worker's mailbox.
class mailbox_waiter : public commit_waiter
{
public:
    explicit mailbox_waiter(mailbox& home) noexcept : home_{home} {}
    void notify(std::unique_ptr<commit_waiter> self, bool done) noexcept final;

private:
    friend class mailbox;
    virtual void resume(bool done) = 0;  // on the loop

    mailbox& home_;
    bool done_ = false;
};

// Where the waiters of one loop come back to. Any thread puts them in; the loop resumes all that are there in one go.
class mailbox
{
public:
    explicit mailbox(asio::io_context& loop) : loop_{loop} {}
    ~mailbox();
    mailbox(mailbox const&) = delete;

    // Before it resumes a batch it calls `begin_batch`: a clock that is read there is not behind what happened.
    void start(std::function<void()> begin_batch) { begin_batch_ = std::move(begin_batch); }

    // Takes it over. Any thread, as long as the loop exists.
    void put(mailbox_waiter& w) noexcept;

private:
    using waiters = boost::intrusive::slist<mailbox_waiter, boost::intrusive::cache_last<true>,
                                            boost::intrusive::constant_time_size<false>>;
    void resume_all();

    asio::io_context& loop_;
    std::function<void()> begin_batch_;
    std::mutex mutex_;  // guards the next two
    waiters here_;
    bool called_ = false;  // the loop is on its way
};

}  // namespace tokend

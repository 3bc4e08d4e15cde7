#include "web/mailbox.hpp"

#include "base/insist.hpp"

#include <boost/asio/post.hpp>

#include <utility>

namespace tokend {

void mailbox_waiter::notify(std::unique_ptr<commit_waiter> self, bool done) noexcept
{
    self.release();
    done_ = done;
    home_.put(*this);
}

mailbox::~mailbox()
{
    here_.clear_and_dispose([](mailbox_waiter* w) { delete w; });
}

void mailbox::put(mailbox_waiter& w) noexcept
{
    {
        std::lock_guard const lock{mutex_};
        here_.push_back(w);
        if (std::exchange(called_, true))
            return;
    }
    insist([this] { asio::post(loop_, [this] { resume_all(); }); });
}

void mailbox::resume_all()
{
    waiters batch;
    {
        std::lock_guard const lock{mutex_};
        batch.swap(here_);
        called_ = false;
    }
    begin_batch_();
    try
    {
        while (!batch.empty())
        {
            std::unique_ptr<mailbox_waiter> const first{&batch.front()};
            batch.pop_front();
            first->resume(first->done_);
        }
    }
    catch (...)
    {
        while (!batch.empty())
        {
            auto& rest = batch.front();
            batch.pop_front();
            put(rest);
        }
        throw;
    }
}

}  // namespace tokend

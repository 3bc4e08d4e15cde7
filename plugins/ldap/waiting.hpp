#pragma once

#include "ldap/task.hpp"

#include <list>
#include <utility>

namespace tokend::plugin::ldap {

// Waits until somebody else has done something.
class condition
{
public:
    explicit condition(executor const& on) : executor_{on} {}
    task<void> wait(time_point until)
    {
        timer over{executor_, until};
        auto const at = waiting_.insert(waiting_.end(), &over);
        co_await over.async_wait(as_result);
        waiting_.erase(at);
    }
    void notify_all()
    {
        for (auto* over : waiting_)
            over->cancel();
    }

private:
    executor const executor_;
    std::list<timer*> waiting_;
};

// So many at a time; the others wait in their order.
class permits
{
public:
    class hold
    {
    public:
        explicit hold(permits* of) : of_{of} {}
        hold(hold&& other) noexcept : of_{std::exchange(other.of_, nullptr)} {}
        ~hold()
        {
            if (of_ != nullptr)
                of_->release();
        }
        explicit operator bool() const noexcept { return of_ != nullptr; }

    private:
        permits* of_;
    };

    permits(executor const& on, std::size_t count) : executor_{on}, free_{count} {}

    std::size_t waiting() const noexcept { return waiting_.size(); }

    // False: none was free in time.
    task<hold> acquire(time_point until)
    {
        if (free_ > 0)
        {
            --free_;
            co_return hold{this};
        }
        waiter place{timer{executor_, until}};
        auto const at = waiting_.insert(waiting_.end(), &place);
        co_await place.over.async_wait(as_result);
        if (place.is_granted)
            co_return hold{this};
        waiting_.erase(at);
        co_return hold{nullptr};
    }

private:
    struct waiter
    {
        timer over;
        bool is_granted = false;  // and no longer in the list
    };
    void release()
    {
        if (waiting_.empty())
        {
            ++free_;
            return;
        }
        auto& first = *waiting_.front();
        waiting_.pop_front();
        first.is_granted = true;
        first.over.cancel();
    }

    executor const executor_;
    std::size_t free_;
    std::list<waiter*> waiting_;
};

}  // namespace tokend::plugin::ldap

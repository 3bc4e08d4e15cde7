#pragma once

#include "ldap/wakeup.hpp"

#include <list>
#include <utility>

namespace tokend::plugin::ldap {

// A semaphore for coroutines: `count` hold a permit at a time, and the others wait in the order in which they came.
// Loop thread only.
class permits
{
public:
    class [[nodiscard]] hold
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

    // Returns a hold that is false if no permit was free in time.
    task<hold> acquire(time_point until)
    {
        if (free_ > 0)
        {
            --free_;
            co_return hold{this};
        }
        wakeup granted{executor_};
        auto const at = waiting_.insert(waiting_.end(), &granted);
        if (co_await granted.wait(until))
            co_return hold{this};  // release() has taken it off the list, and its permit is ours
        waiting_.erase(at);
        co_return hold{nullptr};
    }

private:
    void release()
    {
        if (waiting_.empty())
        {
            ++free_;
            return;
        }
        auto* const first = waiting_.front();
        waiting_.pop_front();
        first->set();
    }

    executor const executor_;
    std::size_t free_;
    std::list<wakeup*> waiting_;
};

}  // namespace tokend::plugin::ldap

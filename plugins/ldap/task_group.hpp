#pragma once

#include "ldap/task.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>

#include <exception>
#include <list>
#include <map>

namespace tokend::plugin::ldap {

// Coroutines that run independently and can be cancelled, one or all. An exception ends its coroutine and is then
// dropped, so a coroutine reports its own errors. Loop thread only.
class task_group
{
public:
    using id = std::uint64_t;

    explicit task_group(executor const& on) : executor_{on} {}
    task_group(task_group const&) = delete;

    void spawn(task<void> t) { spawn(next_++, std::move(t)); }
    // REQUIRES: no running coroutine has this id. A group takes ids from its callers, or numbers them by the other
    // spawn(), but not both.
    void spawn(id name, task<void> t)
    {
        auto& signal = running_[name];
        auto ended = [this, name](std::exception_ptr) { running_.erase(name); };
        asio::co_spawn(executor_, std::move(t), asio::bind_cancellation_slot(signal.slot(), std::move(ended)));
    }

    void cancel(id name)
    {
        if (auto const found = running_.find(name); found != running_.end())
            found->second.emit(asio::cancellation_type::terminal);
    }
    void cancel_all()
    {
        std::list<id> names;  // a copy: a cancelled coroutine may end, and leave the map, at once
        for (auto const& [name, signal] : running_)
            names.push_back(name);
        for (auto const name : names)
            cancel(name);
    }
    std::size_t size() const noexcept { return running_.size(); }

private:
    executor const executor_;
    std::map<id, asio::cancellation_signal> running_;
    id next_ = 0;
};

}  // namespace tokend::plugin::ldap

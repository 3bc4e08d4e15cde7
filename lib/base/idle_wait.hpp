#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <utility>

namespace tokend {

// Where one thread sleeps until it has work. The threads that bring work wake it only if it sleeps, so a busy thread
// costs them no system call.
class idle_wait
{
public:
    using locked = std::unique_lock<std::mutex>;  // always the same mutex, which guards the work

    // Sleeps until there is work. Returns false if a stop was requested before any came.
    template <class HasWork>
    [[nodiscard]] bool wait(locked& lock, std::stop_token stop, HasWork has_work)
    {
        // Work can be gone again before the thread that was woken for it looks: it sleeps again then, like before.
        auto const look = [&] {
            sleeps_ = !has_work();
            return !sleeps_;
        };
        bool const found = changed_.wait(lock, stop, look);
        sleeps_ = false;
        return found;
    }
    // Sleeps for that time, whatever work comes, or until a stop is requested.
    void rest(locked& lock, std::stop_token stop, std::chrono::milliseconds time)
    {
        changed_.wait_for(lock, stop, time, [&] { return stop.stop_requested(); });
    }

    // Returns true if the caller has to call wake(), because there is work now. REQUIRES: the mutex is held.
    [[nodiscard]] bool must_wake() noexcept { return std::exchange(sleeps_, false); }
    void wake() noexcept { changed_.notify_one(); }  // without the mutex, so that the thread does not wait for it

private:
    std::condition_variable_any changed_;
    bool sleeps_ = false;
};

}  // namespace tokend

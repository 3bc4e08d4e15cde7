#pragma once

#include <chrono>
#include <cstddef>
#include <mutex>

namespace tokend {

struct breaker_rules
{
    std::size_t failures = 10;            // outages in a row that open the breaker; 0: it never opens
    std::chrono::milliseconds time{500};  // between two probes of an open breaker
};

// Spares a backend that is down, and those who would wait for it: after so many outages in a row one question at a time
// goes through, as a probe, until one is answered. Thread-safe.
class circuit_breaker
{
public:
    using time_point = std::chrono::steady_clock::time_point;

    // One question that may be asked, or not. A question that ends without succeed() or fail() says nothing.
    class permit
    {
    public:
        permit(circuit_breaker& of, time_point now) : of_{of}, may_ask_{of.admit(now, is_probe_)} {}
        permit(permit const&) = delete;
        ~permit() { of_.end(is_probe_); }

        explicit operator bool() const noexcept { return may_ask_; }
        // The backend has answered. Returns true if that closes the breaker.
        bool succeed() { return of_.succeed(); }
        // The backend was down. Returns true if that opens the breaker.
        bool fail(time_point now) { return of_.fail(now); }

    private:
        circuit_breaker& of_;
        bool is_probe_ = false;  // declared before the member that sets it
        bool may_ask_;
    };

    explicit circuit_breaker(breaker_rules rules) noexcept : rules_{rules} {}

    bool is_open() const
    {
        std::lock_guard const lock{mutex_};
        return open();
    }

private:
    bool open() const noexcept { return rules_.failures != 0 && outages_ >= rules_.failures; }
    bool admit(time_point now, bool& is_probe)
    {
        std::lock_guard const lock{mutex_};
        if (!open())
            return true;
        if (probing_ || now < next_probe_)
            return false;
        return is_probe = probing_ = true;
    }
    void end(bool is_probe)
    {
        if (!is_probe)
            return;
        std::lock_guard const lock{mutex_};
        probing_ = false;
    }
    bool succeed()
    {
        std::lock_guard const lock{mutex_};
        bool const was_open = open();
        outages_ = 0;
        return was_open;
    }
    bool fail(time_point now)
    {
        std::lock_guard const lock{mutex_};
        bool const was_open = open();
        ++outages_;
        next_probe_ = now + rules_.time;
        return open() && !was_open;
    }

    breaker_rules const rules_;
    mutable std::mutex mutex_;  // guards all below
    std::size_t outages_ = 0;   // in a row
    bool probing_ = false;
    time_point next_probe_{};
};

}  // namespace tokend

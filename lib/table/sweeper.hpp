#pragma once

#include "base/clock.hpp"
#include "base/counts.hpp"
#include "table/table.hpp"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <thread>

namespace tokend {

struct sweeper_options
{
    std::chrono::milliseconds interval{10};  // pause between two slices
    std::chrono::microseconds budget{500};   // longest slice
};

// Frees the slots of expired tokens, slice by slice, on a thread of its own. find() does not see expired tokens, swept
// or not. Expiries are whole seconds, so a lap begins at most once a second, and the thread sleeps while no token can
// have expired. REQUIRES: the table and the clock outlive this object, and no other sweeper serves the table.
class sweeper
{
public:
    sweeper(table& swept, clock const& now, sweeper_options options = {});
    ~sweeper() = default;  // returns within one budget

    std::uint64_t freed() const noexcept { return freed_.get(); }  // slots, so far; any thread
    // How long the lap that is under way has lasted; zero between two laps. Any thread.
    std::chrono::nanoseconds lag() const noexcept;

private:
    void run(std::stop_token stop);
    bool rest(std::stop_token const& stop);
    void sweep_for_budget(std::chrono::sys_seconds now);

    table& table_;
    clock const& clock_;
    sweeper_options const options_;
    std::size_t position_ = 0;                                  // the thread's alone
    own_count freed_;                                           // likewise, but read by others
    std::atomic<std::chrono::steady_clock::rep> lap_began_{0};  // likewise; 0: there is no lap
    std::mutex mutex_;                                          // guards nothing but the wait
    std::condition_variable_any stopping_;
    std::jthread thread_;  // last: runs over all above
};

}  // namespace tokend

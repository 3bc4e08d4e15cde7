#include "table/sweeper.hpp"

#include "base/thread_name.hpp"

namespace tokend {

sweeper::sweeper(table& swept, clock const& now, sweeper_options options)
    : table_{swept}, clock_{now}, options_{options}, thread_{[this](std::stop_token stop) { run(stop); }}
{}

void sweeper::run(std::stop_token stop)
{
    name_this_thread("sweeper");
    for (;;)
    {
        auto const began = whole_seconds(clock_.now());
        lap_began_.store(std::chrono::steady_clock::now().time_since_epoch().count(), std::memory_order_relaxed);
        table_.begin_lap();
        do
            sweep_for_budget(whole_seconds(clock_.now()));
        while (position_ != 0 && rest(stop));
        lap_began_.store(0, std::memory_order_relaxed);
        if (!table_.await_expiry(stop, clock_, began + std::chrono::seconds{1}))
            return;
    }
}

std::chrono::nanoseconds sweeper::lag() const noexcept
{
    using std::chrono::steady_clock;
    auto const began = lap_began_.load(std::memory_order_relaxed);
    return began == 0 ? steady_clock::duration::zero()
                      : steady_clock::now() - steady_clock::time_point{steady_clock::duration{began}};
}

// Pauses between two slices of a lap. Returns false as soon as the sweeper has to stop.
bool sweeper::rest(std::stop_token const& stop)
{
    std::unique_lock lock{mutex_};
    return !stopping_.wait_for(lock, stop, options_.interval, [&] { return stop.stop_requested(); });
}

// Sweeps at least one slice, and more until the budget is used up or the lap is complete.
void sweeper::sweep_for_budget(std::chrono::sys_seconds now)
{
    constexpr std::size_t slots = 256;  // between two looks at the clock
    auto const end = std::chrono::steady_clock::now() + options_.budget;
    do
        freed_.add(table_.sweep_slice(position_, slots, now));
    while (position_ != 0 && std::chrono::steady_clock::now() < end);
}

}  // namespace tokend

#include "base/small_share.hpp"

#include "base/wakeup.hpp"

#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <thread>

namespace tokend {

task<void> small_share::step_back()
{
    auto const now = std::chrono::steady_clock::now();
    auto const pause = pause_after(now - began_);
    if (pause == duration::zero())
        co_return;
    auto const loop = co_await asio::this_coro::executor;
    co_await sleep_until(loop, now + pause);
    began_ = std::chrono::steady_clock::now();
}

void small_share::sleep()
{
    auto const now = std::chrono::steady_clock::now();
    auto const pause = pause_after(now - began_);
    if (pause == duration::zero())
        return;
    std::this_thread::sleep_until(now + pause);
    began_ = std::chrono::steady_clock::now();
}

small_share::duration small_share::pause_after(duration worked) noexcept
{
    constexpr duration least = std::chrono::microseconds{20};
    constexpr duration longest = std::chrono::milliseconds{20};
    if (worked < least)
        return duration::zero();
    return worked < longest ? std::min(4 * worked, longest) : longest;
}

}  // namespace tokend

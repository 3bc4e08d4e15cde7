#include "base/small_share.hpp"

#include "base/wakeup.hpp"

#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <thread>

namespace tokend {

task<void> small_share::step_back()
{
    auto const loop = co_await asio::this_coro::executor;
    co_await sleep_until(loop, end_of_pause());
    began_ = std::chrono::steady_clock::now();
}

void small_share::sleep()
{
    std::this_thread::sleep_until(end_of_pause());
    began_ = std::chrono::steady_clock::now();
}

small_share::duration small_share::pause_after(duration worked) noexcept
{
    constexpr duration longest = std::chrono::milliseconds{20};
    return worked < longest ? std::min(3 * worked, longest) : longest;
}

small_share::time_point small_share::end_of_pause() const noexcept
{
    auto const now = std::chrono::steady_clock::now();
    return now + pause_after(now - began_);
}

}  // namespace tokend

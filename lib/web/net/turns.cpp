#include "web/net/turns.hpp"

#include "base/insist.hpp"

#include <boost/asio/post.hpp>

#include <utility>

namespace tokend {

task<void> turns::take()
{
    auto join = [this](waiter w) { add(std::move(w)); };
    return boost::asio::async_initiate<wait_token, void()>(join, use_task);
}

void turns::add(waiter w)
{
    waiting_.push_back(std::move(w));
    if (waiting_.size() == 1)
        call_later();
}

// The loop's queue is first in, first out, and its look at the sockets is an item of the queue. What became ready is
// behind the first post, and before the second one.
void turns::call_later()
{
    auto call = [this] { call_next(); };
    auto post_call = [this, call] { insist([&] { asio::post(loop_, call); }); };
    insist([&] { asio::post(loop_, post_call); });
}

void turns::call_next()
{
    auto w = std::move(waiting_.front());
    waiting_.pop_front();
    if (!waiting_.empty())
        call_later();
    w();
}

}  // namespace tokend

#include "web/net/poller.hpp"

#include "base/insist.hpp"

#include <sys/epoll.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <system_error>

namespace tokend {
namespace {

constexpr std::size_t batch = 256;  // sockets. The others come in the next batch.
constexpr int most_batches = 8;     // before the other work of the loop has its turn

int made(int descriptor)
{
    if (descriptor < 0)
        throw std::system_error{errno, std::system_category(), "epoll"};
    return descriptor;
}

}  // namespace

poller::poller(asio::io_context& loop) : set_{loop.get_executor(), made(::epoll_create1(EPOLL_CLOEXEC))} {}

void poller::watch(int socket, watched& who)
{
    epoll_event event{};
    event.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
    event.data.ptr = &who;
    made(::epoll_ctl(set_.native_handle(), EPOLL_CTL_ADD, socket, &event));
}

void poller::start(std::function<void()> begin_batch)
{
    begin_batch_ = std::move(begin_batch);
    wait();
}

// A handler and not a coroutine, because its one operation is allocated once.
void poller::wait()
{
    auto notify_all = [this](boost::system::error_code const& ec) {
        if (ec)
            return;
        // While several sockets were ready at once, others have become ready: ask for them without a wait in between.
        for (int left = most_batches; left > 0 && notify() > 1; --left)
            ;
        wait();
    };
    insist([&] { set_.async_wait(set_.wait_read, notify_all); });
}

int poller::notify()
{
    std::array<epoll_event, batch> events;
    auto const count = ::epoll_wait(set_.native_handle(), events.data(), static_cast<int>(events.size()), 0);
    if (count > 0)
        begin_batch_();
    for (int i = 0; i < count; ++i)
    {
        auto const& event = events[static_cast<std::size_t>(i)];
        auto const has = [&](std::uint32_t bits) { return (event.events & bits) != 0; };
        bool const broken = has(EPOLLERR | EPOLLHUP);
        static_cast<watched*>(event.data.ptr)
            ->ready({has(EPOLLIN) || broken, has(EPOLLOUT) || broken, has(EPOLLRDHUP) || broken});
    }
    return count;
}

}  // namespace tokend

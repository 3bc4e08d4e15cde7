#include "web/net/worker.hpp"

#include "base/insist.hpp"
#include "base/thread_name.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <exception>
#include <string>
#include <utility>

namespace tokend {

worker::worker(services& shared, std::shared_ptr<setup const> config, std::size_t number)
    : number_{number}, state_{shared, std::move(config), loop_, returning_, number}, desks_{state_.limits}
{}

worker::~worker()
{
    stop();
    for (auto& c : attached_)
        c.abandon();
}

void worker::start()
{
    sockets_.start([this] { begin_batch(); });
    returning_.start([this] { state_.read_clock(); });
    thread_ = std::thread{[this, name = "worker-" + std::to_string(number_)] {
        name_this_thread(name.c_str());
        run();
    }};
}

void worker::begin_batch() noexcept
{
    state_.read_clock();
    heavy_steps_.begin_round();
}

void worker::run()
{
    for (;;)
    {
        try
        {
            loop_.run();
            return;
        }
        catch (std::exception const& e)
        {
            state_.shared.log.error("exception on a worker's loop", {{"what", e.what()}});
        }
        catch (...)
        {
            state_.shared.log.error("exception on a worker's loop");
        }
    }
}

void worker::use(std::shared_ptr<setup const> next)
{
    auto take = [this, next = std::move(next)]() mutable { state_.config = std::move(next); };
    insist([&] { asio::post(loop_, take); });
}

void worker::drain()
{
    auto drain_all = [this] {
        state_.draining = true;
        for_each([](connection_handle& c) { c.drain(); });
    };
    insist([&] { asio::post(loop_, drain_all); });
}

void worker::drain(std::shared_ptr<front const> gone)
{
    auto drain_those = [this, gone = std::move(gone)] {
        for_each([&](connection_handle& c) {
            if (&c.belongs_to() == gone.get())
                c.drain();
        });
    };
    insist([&] { asio::post(loop_, drain_those); });
}

// A connection may end within `work`.
template <class Work>
void worker::for_each(Work work)
{
    for (auto next = attached_.begin(); next != attached_.end();)
        work(*next++);
}

void worker::ask_to_turn(std::function<void()> turned) { asio::post(loop_, std::move(turned)); }

void worker::stop()
{
    loop_.stop();
    if (thread_.joinable())
        thread_.join();
}

// By a handler and not by a coroutine: its operation alone is small enough to be allocated once.
void worker::look_at(std::chrono::steady_clock::time_point when) noexcept
{
    auto const at = std::max(when, last_look_ + tick());
    if (at >= next_look_)
        return;
    next_look_ = at;
    timer_.expires_at(at);  // ends the wait that was
    auto look = [this](boost::system::error_code const& ec) {
        if (!ec)
            end_overdue_waits();
    };
    insist([&] { timer_.async_wait(look); });
}

void worker::end_overdue_waits()
{
    state_.read_clock();
    auto const now = last_look_ = state_.steady_now();
    next_look_ = never;
    auto soonest = never;
    for_each([&](connection_handle& c) {
        if (c.deadline <= now)
            c.out_of_time();
        else
            soonest = std::min(soonest, c.deadline);
    });
    look_by(soonest);
}

// A deadline fires at most a quarter of the shortest timeout late, and at most 250 ms late.
std::chrono::milliseconds worker::tick() const noexcept
{
    auto const& o = state_.config->http;
    auto const shortest =
        std::min({o.header_timeout, o.body_timeout, o.idle_timeout, o.write_timeout, o.linger_timeout});
    return std::clamp(shortest / 4, std::chrono::milliseconds{5}, std::chrono::milliseconds{250});
}

}  // namespace tokend

#include "web/worker.hpp"

#include "base/text.hpp"
#include "base/thread_name.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <string>

namespace tokend {
namespace {

// Eight characters of chance, or without any the worker's number, and fifteen digits.
worker::request_id_text first_request_id(entropy& random, std::size_t number)
{
    worker::request_id_text id;
    id.fill('0');
    std::array<unsigned char, 6> bytes{};
    if (random.draw(bytes))
        write_base64url(bytes, id.data());
    else
        std::to_chars(id.data(), id.data() + 8, number);
    id[8] = '-';
    return id;
}

}  // namespace

worker::worker(services& shared, std::shared_ptr<setup const> config, std::size_t number)
    : shared_{shared},
      number_{number},
      config_{std::move(config)},
      bench_{config_->http},
      checks_{shared_, loop_},
      desks_{config_->http.limits},
      last_id_{first_request_id(bench_.random, number)}
{
    read_clock();
}

worker::~worker()
{
    stop();
    for (auto& s : sessions_)
        s.abandon();
}

void worker::start()
{
    sockets_.start([this] { read_clock(); });
    returning_.start([this] { read_clock(); });
    thread_ = std::thread{[this, name = "worker-" + std::to_string(number_)] {
        name_this_thread(name.c_str());
        run();
    }};
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
            shared_.log.error("exception on a worker's loop", {{"what", e.what()}});
        }
        catch (...)
        {
            shared_.log.error("exception on a worker's loop");
        }
    }
}

void worker::use(std::shared_ptr<setup const> next)
{
    asio::post(loop_, [this, next = std::move(next)]() mutable { config_ = std::move(next); });
}

void worker::drain()
{
    asio::post(loop_, [this] {
        draining_ = true;
        for (auto& s : sessions_)
            s.drain();
    });
}

void worker::stop()
{
    loop_.stop();
    if (thread_.joinable())
        thread_.join();
}

// By a handler and not by a coroutine: its operation alone is small enough to be allocated once. Without memory for the
// timer the next deadline tries again.
void worker::look_at(std::chrono::steady_clock::time_point when) noexcept
try
{
    auto const at = std::max(when, last_look_ + tick());
    if (at >= next_look_)
        return;
    next_look_ = at;
    timer_.expires_at(at);  // ends the wait that was
    timer_.async_wait([this](boost::system::error_code const& ec) {
        if (!ec)
            end_overdue_waits();
    });
}
catch (std::exception const&)
{
    next_look_ = never;
}

void worker::end_overdue_waits()
{
    read_clock();
    last_look_ = steady_now_;
    next_look_ = never;
    auto soonest = never;
    for (auto& s : sessions_)
        if (s.deadline <= steady_now_)
            s.out_of_time();
        else
            soonest = std::min(soonest, s.deadline);
    look_by(soonest);
}

// A deadline fires at most a quarter of the shortest timeout late, and at most 250 ms late.
std::chrono::milliseconds worker::tick() const noexcept
{
    auto const& o = config_->http;
    auto const shortest =
        std::min({o.header_timeout, o.body_timeout, o.idle_timeout, o.write_timeout, o.linger_timeout});
    return std::clamp(shortest / 4, std::chrono::milliseconds{5}, std::chrono::milliseconds{250});
}

void worker::read_clock() noexcept
{
    now_ = shared_.clock.now();
    steady_now_ = std::chrono::steady_clock::now();
    if (auto const second = whole_seconds(now_); second != second_of_lines_)
    {
        second_of_lines_ = second;
        common_lines_ = common_lines{second};
    }
}

worker::request_id_text const& worker::make_request_id() noexcept
{
    auto digit = last_id_.rbegin();
    for (; *digit == '9'; ++digit)
        *digit = '0';
    ++*digit;
    return last_id_;
}

}  // namespace tokend

#include "web/worker.hpp"

#include "base/text.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>

namespace tokend {
namespace {

// RFC 9110 section 5.6.7, IMF-fixdate: always 29 characters.
std::array<char, 29> http_date(std::chrono::sys_seconds t)
{
    constexpr std::array<char const*, 7> days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    constexpr std::array<char const*, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                 "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    auto const day = std::chrono::floor<std::chrono::days>(t);
    std::chrono::year_month_day const date{day};
    std::chrono::hh_mm_ss const time{t - day};
    std::array<char, 64> text{};
    std::snprintf(text.data(), text.size(), "%s, %02u %s %04d %02d:%02d:%02d GMT",
                  days[std::chrono::weekday{day}.c_encoding()], static_cast<unsigned>(date.day()),
                  months[static_cast<unsigned>(date.month()) - 1], static_cast<int>(date.year()),
                  static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
                  static_cast<int>(time.seconds().count()));
    std::array<char, 29> fixed{};
    std::copy_n(text.begin(), fixed.size(), fixed.begin());
    return fixed;
}

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

worker::worker(services& shared, std::shared_ptr<snapshot const> config, std::size_t number)
    : shared_{shared},
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
    watch_deadlines();
    sockets_.start([this] { read_clock(); });
    thread_ = std::thread{[this] { run(); }};
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

// By a handler and not by a coroutine: its operation alone is small enough to be allocated once.
void worker::watch_deadlines()
{
    timer_.expires_after(tick());
    timer_.async_wait([this](boost::system::error_code const& ec) {
        if (ec)
            return;
        read_clock();
        for (auto& s : sessions_)
            if (s.deadline <= steady_now_)
                s.out_of_time();
        watch_deadlines();
    });
}

// A deadline is kept to a quarter of itself, and to 250 ms.
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
    if (auto const second = whole_seconds(now_); second != date_of_)
    {
        date_of_ = second;
        date_ = http_date(second);
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

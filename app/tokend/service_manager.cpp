#include "app/tokend/service_manager.hpp"

#include "base/insist.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <utility>

namespace tokend {

service_manager::service_manager(asio::io_context& control, std::shared_ptr<notifier const> notify,
                                 std::optional<std::chrono::microseconds> watchdog, std::function<std::string()> status)
    : control_{control},
      notify_{std::move(notify)},
      watchdog_{watchdog},
      status_{std::move(status)},
      timer_{control.get_executor()}
{}

void service_manager::ready()
{
    if (!notify_->has_manager())
        return;
    sent_status_ = status_();
    next_status_ = std::chrono::steady_clock::now() + status_pause;
    notify_->ready(sent_status_);
    ask_loops();
    wait();
}

std::shared_ptr<void const> service_manager::reloading() const
{
    notify_->reloading();
    return {nullptr, [n = notify_](void const*) { n->ready(); }};
}

void service_manager::stopping(std::chrono::milliseconds longest)
{
    stopping_ = true;
    notify_->stopping(longest);
}

// A loop may hang for three quarters of the watchdog's time.
std::chrono::microseconds service_manager::pause() const noexcept
{
    std::chrono::microseconds const longest = status_pause;
    return watchdog_ ? std::min(longest, *watchdog_ / 4) : longest;
}

void service_manager::wait()
{
    timer_.expires_after(pause());
    auto over = [this](boost::system::error_code const& ec) {
        if (ec)
            return;
        wait();
        look(std::chrono::steady_clock::now());
    };
    insist([&] { timer_.async_wait(over); });
}

void service_manager::look(instant now)
{
    ask_loops();
    send_status(now);
}

void service_manager::ask_loops()
{
    if (!watchdog_ || awaited_ != 0)
        return;
    awaited_ = loops_.size() + 1;
    auto note_turn = [this] {
        auto turn = [this] { turned(); };
        insist([&] { asio::post(control_, turn); });
    };
    for (auto const& l : loops_)
        insist([&] { l(note_turn); });
    note_turn();
}

void service_manager::turned()
{
    if (--awaited_ == 0)
        notify_->feed_watchdog();
}

void service_manager::send_status(instant now)
{
    if (stopping_ || now < next_status_)
        return;
    next_status_ = now + status_pause;
    if (auto status = status_(); status != sent_status_)
    {
        notify_->status(status);
        sent_status_ = std::move(status);
    }
}

}  // namespace tokend

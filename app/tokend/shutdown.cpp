#include "app/tokend/shutdown.hpp"

#include "base/thread_name.hpp"

#include <signal.h>
#include <unistd.h>

#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

namespace tokend {
namespace {

using steady = std::chrono::steady_clock;
constexpr std::chrono::milliseconds time_to_save{400};

int wake_up() noexcept { return SIGRTMIN; }  // sent by begin() to the thread that waits

sigset_t obeyed_signals() noexcept
{
    sigset_t set;
    ::sigemptyset(&set);
    for (int const number : {SIGTERM, SIGINT, SIGQUIT, SIGHUP, SIGUSR1, SIGUSR2, wake_up()})
        ::sigaddset(&set, number);
    return set;
}

bool is_stop(int number) noexcept { return number == SIGTERM || number == SIGINT || number == SIGQUIT; }

}  // namespace

void block_signals() noexcept
{
    auto const set = obeyed_signals();
    ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
    ::signal(SIGPIPE, SIG_IGN);
    ::signal(SIGXFSZ, SIG_IGN);
}

void unblock_signals() noexcept
{
    auto const set = obeyed_signals();
    ::pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
}

class shutdown::watch
{
public:
    void set_limit(std::chrono::milliseconds limit)
    {
        std::lock_guard const lock{mutex_};
        limit_ = limit;
    }

    void connect(duties of)
    {
        std::lock_guard const lock{mutex_};
        duties_ = std::move(of);
        for (int const number : std::exchange(early_, {}))
            duties_.obey(number);
    }

    void disconnect() noexcept
    {
        std::lock_guard const lock{mutex_};
        duties_ = {};
        connected_before_ = true;
    }

    void begin(int status)
    {
        std::lock_guard const lock{mutex_};
        if (leave_at_)
            return;
        leave_at_ = steady::now() + limit_;
        status_ = status;
        ::pthread_kill(thread_, wake_up());
    }

    void run()
    {
        name_this_thread("signals");
        {
            std::lock_guard const lock{mutex_};
            thread_ = ::pthread_self();
            running_ = true;
        }
        started_.notify_all();
        for (;;)
            if (int const number = await_signal(); number == 0)
                leave();
            else if (number != wake_up())
                hear(number);
    }

    void await_start()
    {
        std::unique_lock lock{mutex_};
        started_.wait(lock, [this] { return running_; });
    }

private:
    // Returns 0 when the time is up.
    int await_signal()
    {
        auto const set = obeyed_signals();
        auto const until = [this] {
            std::lock_guard const lock{mutex_};
            return leave_at_;
        }();
        for (;;)
        {
            auto const left = until ? std::chrono::nanoseconds{*until - steady::now()} : std::chrono::nanoseconds{1};
            if (left <= left.zero())
                return 0;
            auto const seconds = std::chrono::floor<std::chrono::seconds>(left);
            timespec const time{seconds.count(), (left - seconds).count()};
            int const number = until ? ::sigtimedwait(&set, nullptr, &time) : ::sigwaitinfo(&set, nullptr);
            if (number > 0)
                return number;
        }
    }

    // A second stop signal changes nothing.
    void hear(int number)
    {
        std::lock_guard const lock{mutex_};
        if (is_stop(number))
        {
            if (std::exchange(asked_to_stop_, true))
                return;
            status_ = 0;
            if (!leave_at_)
                leave_at_ = steady::now() + limit_;
        }
        if (duties_.obey)
            duties_.obey(number);
        else if (!connected_before_)
            early_.push_back(number);
    }

    // `save` may hang as well, so it runs on another thread and has a limit too.
    [[noreturn]] void leave()
    {
        std::mutex mutex;
        std::condition_variable saved;
        bool done = false;
        std::thread saving{[&] {
            name_this_thread("saving");
            std::lock_guard const lock{mutex_};
            if (duties_.save)
                duties_.save();
            std::lock_guard const end{mutex};
            done = true;
            saved.notify_one();
        }};
        std::unique_lock lock{mutex};
        saved.wait_for(lock, time_to_save, [&] { return done; });
        ::_exit(status_);  // this thread wrote it, or read it after begin() woke it
    }

    std::mutex mutex_;  // guards all other members
    std::condition_variable started_;
    bool running_ = false;
    ::pthread_t thread_{};
    std::chrono::milliseconds limit_{5000};
    std::optional<steady::time_point> leave_at_;
    bool asked_to_stop_ = false;
    bool connected_before_ = false;
    int status_ = 0;
    duties duties_;
    std::vector<int> early_;  // signals that came before connect()
};

shutdown::shutdown() : watch_{std::make_shared<watch>()}
{
    std::thread{[w = watch_] { w->run(); }}.detach();
    watch_->await_start();
}

void shutdown::set_limit(std::chrono::milliseconds limit) { watch_->set_limit(limit); }
void shutdown::connect(duties of) { watch_->connect(std::move(of)); }
void shutdown::disconnect() noexcept { watch_->disconnect(); }
void shutdown::begin() noexcept { watch_->begin(70); }

}  // namespace tokend

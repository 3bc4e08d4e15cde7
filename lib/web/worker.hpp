#pragma once

#include "base/task.hpp"
#include "web/desk.hpp"
#include "web/mailbox.hpp"
#include "web/poller.hpp"
#include "web/rechecker.hpp"
#include "web/reply.hpp"
#include "web/services.hpp"

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/intrusive/list.hpp>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <thread>

namespace tokend {

// What a worker knows of a session: enough to end its waits. On the worker's thread alone.
class session_handle : public boost::intrusive::list_base_hook<>
{
public:
    virtual void out_of_time() = 0;  // its deadline has passed: end what it waits for
    virtual void drain() = 0;        // no further request: end a wait for one
    virtual void abandon() = 0;      // the loop runs no more: give what waits to its destruction

    static constexpr auto never = std::chrono::steady_clock::time_point::max();
    std::chrono::steady_clock::time_point deadline = never;

protected:
    ~session_handle() = default;
};

// One loop on one thread, with all that its connections need, so that the request path shares nothing: a connection
// lives and dies on one worker. Deadlines are fields of the sessions. One timer serves all of them: it runs only while
// a session has a deadline, and fires at the soonest, but no two times within tick().
class worker
{
public:
    worker(services& shared, std::shared_ptr<setup const> config, std::size_t number);
    ~worker();  // stops
    worker(worker const&) = delete;

    void start();
    // Any thread. Requests from now on get this setup. A request that waits for something keeps the one it has.
    void use(std::shared_ptr<setup const> next);
    // Any thread. No further requests: idle sessions end now, the others behind the answer they are at.
    void drain();
    // Ends the loop, whatever its sessions do, and waits for the thread. Sessions are destroyed with the worker.
    void stop();

    asio::io_context& loop() noexcept { return loop_; }
    std::size_t connections() const noexcept { return connections_.load(std::memory_order_relaxed); }
    // A connection counts from when the listener hands it over. Any thread.
    void count_connection(int change) noexcept
    {
        connections_.fetch_add(static_cast<std::size_t>(change), std::memory_order_relaxed);
    }

    // The rest: on the worker's thread.
    void attach(session_handle& s) noexcept { sessions_.push_back(s); }
    void detach(session_handle& s) noexcept { sessions_.erase(sessions_.iterator_to(s)); }
    bool draining() const noexcept { return draining_; }
    services& shared() noexcept { return shared_; }
    std::shared_ptr<setup const> const& config() const noexcept { return config_; }
    workbench& bench() noexcept { return bench_; }
    rechecker& checks() noexcept { return checks_; }
    desk_pool& desks() noexcept { return desks_; }
    poller& sockets() noexcept { return sockets_; }
    mailbox& returning() noexcept { return returning_; }
    void read_clock() noexcept;  // once for each batch of requests
    // A session's deadline is now at this time.
    void look_by(std::chrono::steady_clock::time_point deadline) noexcept
    {
        if (deadline < next_look_) [[unlikely]]
            look_at(deadline);
    }
    timestamp now() const noexcept { return now_; }
    std::chrono::steady_clock::time_point steady_now() const noexcept { return steady_now_; }
    // Of now(), whenever it is asked: later times are written into the same place.
    common_lines const& lines() const noexcept { return common_lines_; }
    using request_id_text = std::array<char, 24>;
    request_id_text const& make_request_id() noexcept;  // unique in this process's life, and unlike those of another

private:
    void run();
    static constexpr auto never = session_handle::never;

    void look_at(std::chrono::steady_clock::time_point when) noexcept;
    void end_overdue_waits();
    std::chrono::milliseconds tick() const noexcept;

    services& shared_;
    std::size_t const number_;
    std::shared_ptr<setup const> config_;
    workbench bench_;
    rechecker checks_;
    std::atomic<std::size_t> connections_{0};
    boost::intrusive::list<session_handle, boost::intrusive::constant_time_size<false>> sessions_;
    desk_pool desks_;
    bool draining_ = false;
    timestamp now_;
    std::chrono::steady_clock::time_point steady_now_;
    std::chrono::steady_clock::time_point last_look_{};
    std::chrono::steady_clock::time_point next_look_ = never;  // at the deadlines; never: no session has one
    std::chrono::sys_seconds second_of_lines_{};
    common_lines common_lines_{second_of_lines_};
    request_id_text last_id_;   // random text, then a number
    asio::io_context loop_{1};  // behind all that its sessions use, which end with it
    asio::executor_work_guard<executor> keep_running_{loop_.get_executor()};
    poller sockets_{loop_};
    mailbox returning_{loop_};
    asio::basic_waitable_timer<std::chrono::steady_clock, asio::wait_traits<std::chrono::steady_clock>, executor>
        timer_{loop_.get_executor()};
    std::thread thread_;
};

}  // namespace tokend

#pragma once

#include "base/task.hpp"
#include "base/wakeup.hpp"
#include "web/desk.hpp"
#include "web/mailbox.hpp"
#include "web/net/poller.hpp"
#include "web/net/turns.hpp"
#include "web/worker_state.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/intrusive/list.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <thread>

namespace tokend {

struct front;

// What a worker knows of a connection: enough to end its waits. Loop thread only.
class connection_handle : public boost::intrusive::list_base_hook<>
{
public:
    virtual void out_of_time() noexcept = 0;  // the deadline has passed: end the current wait
    virtual void drain() noexcept = 0;        // no further request: end a wait for one
    virtual void abandon() = 0;               // the loop has stopped for good: destroy the coroutine that waits
    virtual front const& belongs_to() const noexcept = 0;

    static constexpr auto never = std::chrono::steady_clock::time_point::max();
    std::chrono::steady_clock::time_point deadline = never;

protected:
    ~connection_handle() = default;
};

// One loop on one thread, with all that its connections need, so that the request path shares nothing: a connection
// lives and dies on one worker. Deadlines are fields of the connections. One timer serves all of them: it runs only
// while a connection has a deadline, and fires at the soonest, but no two times within tick().
class worker
{
public:
    worker(services& shared, std::shared_ptr<setup const> config, std::size_t number);
    ~worker();  // stops
    worker(worker const&) = delete;

    void start();
    // Requests from now on get this setup. A request that waits keeps the one it has. Thread-safe.
    void use(std::shared_ptr<setup const> next);
    // Ends idle connections now, and the others after the response at hand. Thread-safe.
    void drain();
    // The same for the connections of one front.
    void drain(std::shared_ptr<front const> gone);
    // Calls `turned` on the loop when the loop turns. Thread-safe.
    void ask_to_turn(std::function<void()> turned);
    // Ends the loop, whatever its connections do, and waits for the thread. The connections are destroyed with the
    // worker.
    void stop();

    asio::io_context& loop() noexcept { return loop_; }
    std::size_t connections() const noexcept { return connections_.load(std::memory_order_relaxed); }
    // Counts a connection from when the listener hands it over. Thread-safe.
    void count_connection(int change) noexcept
    {
        connections_.fetch_add(static_cast<std::size_t>(change), std::memory_order_relaxed);
    }

    // Loop thread only:
    void attach(connection_handle& c) noexcept { attached_.push_back(c); }
    void detach(connection_handle& c) noexcept { attached_.erase(attached_.iterator_to(c)); }
    worker_state& state() noexcept { return state_; }
    desk_pool& desks() noexcept { return desks_; }
    poller& sockets() noexcept { return sockets_; }
    turns& heavy_steps() noexcept { return heavy_steps_; }
    // Notes that a connection's deadline is at this time.
    void look_by(std::chrono::steady_clock::time_point deadline) noexcept
    {
        if (deadline < next_look_) [[unlikely]]
            look_at(deadline);
    }

private:
    static constexpr auto never = connection_handle::never;

    void run();
    void begin_batch() noexcept;
    void look_at(std::chrono::steady_clock::time_point when) noexcept;
    void end_overdue_waits();
    template <class Work>
    void for_each(Work work);
    std::chrono::milliseconds tick() const noexcept;

    std::size_t const number_;
    std::atomic<std::size_t> connections_{0};
    boost::intrusive::list<connection_handle, boost::intrusive::constant_time_size<false>> attached_;
    worker_state state_;
    desk_pool desks_;
    std::chrono::steady_clock::time_point last_look_{};
    std::chrono::steady_clock::time_point next_look_ = never;  // at the deadlines; never: no connection has one
    asio::io_context loop_{1};  // declared after all that its connections use, because they end with it
    asio::executor_work_guard<executor> keep_running_{loop_.get_executor()};
    poller sockets_{loop_};
    turns heavy_steps_{loop_};
    mailbox returning_{loop_};
    steady_timer timer_{loop_.get_executor()};
    std::thread thread_;
};

}  // namespace tokend

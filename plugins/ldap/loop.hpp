#pragma once

#include "ldap/task.hpp"
#include "ldap/thread_name.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>

#include <chrono>
#include <future>
#include <optional>
#include <string>
#include <thread>
#include <utility>

namespace tokend::plugin::ldap {

// An io_context and the one thread that runs it.
class loop
{
public:
    // `name` is the thread's name; 15 bytes of it are kept.
    explicit loop(std::string name = "ldap") : name_{std::move(name)} {}
    ~loop()
    {
        stop([] {});
    }

    executor get_executor() noexcept { return context_.get_executor(); }

    void start()
    {
        keep_running_.emplace(context_.get_executor());
        std::promise<void> running;
        ended_ = running.get_future();
        thread_ = std::thread{[this, running = std::move(running)]() mutable {
            name_this_thread(name_);
            context_.run();
            running.set_value();
        }};
    }

    // Calls `end` on the loop, which must end all that runs there, and waits until it has ended. After a second it
    // stops the loop all the same, because a resolver may be stuck.
    template <class End>
    void stop(End end)
    {
        if (!thread_.joinable())
            return;
        asio::post(context_, [&] {
            end();
            keep_running_.reset();
        });
        if (ended_.wait_for(std::chrono::seconds{1}) != std::future_status::ready)
            context_.stop();
        thread_.join();
    }

private:
    std::string const name_;
    asio::io_context context_{1};
    std::optional<asio::executor_work_guard<executor>> keep_running_;
    std::future<void> ended_;
    std::thread thread_;
};

}  // namespace tokend::plugin::ldap

#pragma once

#include "credential/backend.hpp"

#include "credential/fake_backend.hpp"
#include "support/temporary_folder.hpp"
#include "support/written_log.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/test/unit_test.hpp>

#include <future>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

// Backends of the plugins in test/fake, loaded as tokend loads them, and a loop that asks them.
namespace tokend::test {

using key_values = std::vector<std::pair<std::string, std::string>>;

// What a task has returned so far.
template <class T>
class pending_result
{
public:
    pending_result(asio::io_context& loop, task<T> work)
    {
        auto end = [this](std::exception_ptr trouble, T value) {
            BOOST_TEST(!trouble);
            value_.emplace(std::move(value));
        };
        asio::co_spawn(loop, std::move(work), end);
    }
    pending_result(pending_result const&) = delete;

    bool has_ended() const noexcept { return value_.has_value(); }
    T& get()
    {
        BOOST_REQUIRE(value_.has_value());
        return *value_;
    }

private:
    std::optional<T> value_;
};

struct loaded_backends
{
    explicit loaded_backends(std::size_t queue = 1) : pool{1, queue} {}
    ~loaded_backends() { pool.stop(); }  // before the backends that its jobs hold

    // A backend that has started. Its paths are those of files in `folder`.
    std::shared_ptr<backend> start(std::string const& plugin, key_values const& settings = {},
                                   backend_options options = {})
    {
        auto made = make(plugin, settings, std::move(options));
        made->start();
        return made;
    }
    std::shared_ptr<backend> make(std::string const& plugin, key_values const& settings, backend_options options)
    {
        options.where = "test.conf:7";
        for (auto const& [name, value] : settings)
            options.settings.push_back({name, value, options.where, folder.path()});
        return load_fake(plugin, std::move(options), pool, log);
    }

    // Runs the loop until the task has ended, and returns its result.
    template <class T>
    T run(task<T> work)
    {
        pending_result<T> result{loop, std::move(work)};
        loop.restart();
        loop.run();
        return std::move(result.get());
    }

    // Everything that was logged before this call.
    std::string logged()
    {
        auto const mark = "mark " + std::to_string(++marks) + '\n';
        log.info(mark.substr(0, mark.size() - 1));
        for (;;)  // the test's time limit ends it
        {
            if (auto text = log_file.text(); text.ends_with(mark))
                return text;
            log.flush();
        }
    }

    temporary_folder const folder;
    written_log const log_file;
    int marks = 0;  // in the log
    tokend::clock clock;
    logger log{clock, log_options{.level = log_level::debug, .descriptor = log_file.descriptor()}};
    blocking_pool pool;
    asio::io_context loop{1};
};

// The only thread of a pool, held until it is let go.
class held_thread
{
public:
    explicit held_thread(blocking_pool& pool) : pool_{pool}
    {
        std::promise<void> began;
        BOOST_REQUIRE(pool.try_run({.run = [&began, wait = release_.get_future().share()] {
            began.set_value();
            wait.wait();
        }}));
        began.get_future().wait();
    }
    ~held_thread() { let_go(); }

    // Returns when the jobs of that payer that were queued before are over.
    void let_go(payer const& pays = {})
    {
        if (!std::exchange(held_, false))
            return;
        release_.set_value();
        std::promise<void> over;
        while (!pool_.try_run({.run = [&over] { over.set_value(); }, .pays = pays}))
            std::this_thread::yield();
        over.get_future().wait();
    }

    void let_go_without_waiting()
    {
        if (std::exchange(held_, false))
            release_.set_value();
    }

private:
    blocking_pool& pool_;
    std::promise<void> release_;
    bool held_ = true;
};

inline std::shared_ptr<question const> login(std::string name, std::string organisation = "ACME",
                                             credentials::kind kind = credentials::kind::password)
{
    credentials presented;
    presented.presented = kind;
    presented.name = std::move(name);
    presented.proof = secret{"a secret"};
    question q{std::make_shared<credentials const>(std::move(presented)), std::move(organisation), {}};
    return std::make_shared<question const>(std::move(q));
}

}  // namespace tokend::test

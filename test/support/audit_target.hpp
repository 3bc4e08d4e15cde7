#pragma once

#include "audit/sink.hpp"
#include "support/patience.hpp"

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <limits>
#include <memory>
#include <mutex>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace tokend::test {

// What a test lets a target do, and what the target has got. Outlives the audit log.
struct audit_target
{
    std::mutex mutex{};
    std::condition_variable changed{};
    std::vector<std::string> got{};  // the event of each line, or "lost 3"
    std::size_t room = std::numeric_limits<std::size_t>::max();
    std::size_t attempts = 0;
    std::size_t opened = 1;
    bool hangs = false;
    bool in_call = false;

    template <class Change>
    void set(Change change)
    {
        std::lock_guard const lock{mutex};
        change();
        changed.notify_all();
    }
    void take(std::size_t lines)
    {
        set([&] { room = lines; });
    }
    void hang(bool does)
    {
        set([&] { hangs = does; });
    }
    template <class Condition>
    void await(Condition condition)
    {
        std::unique_lock lock{mutex};
        BOOST_REQUIRE(changed.wait_until(lock, within(std::chrono::seconds{15}), condition));
    }
    // Waits until the writer tries again. It then holds only what the target has not taken.
    void await_another_attempt()
    {
        std::size_t before = 0;
        await([&] { return before == 0 ? (before = attempts, false) : attempts > before; });
    }
    std::vector<std::string> lines()
    {
        std::lock_guard const lock{mutex};
        return got;
    }
};

class scripted_sink final : public audit_sink
{
public:
    explicit scripted_sink(std::shared_ptr<audit_target> t) : target_{std::move(t)} {}

    progress write(std::span<std::string const> lines) override
    {
        auto& t = *target_;
        std::unique_lock lock{t.mutex};
        t.in_call = true;
        ++t.attempts;
        t.changed.notify_all();
        t.changed.wait(lock, [&] { return !t.hangs; });
        t.in_call = false;
        progress done;
        for (auto const& line : lines)
        {
            if (t.room == 0)
            {
                done.trouble = "no room";
                break;
            }
            --t.room;
            ++done.lines;
            auto const parsed = boost::json::parse(line).as_object();
            std::string event{parsed.at("event").as_string()};
            if (event == "lost")
                event += ' ' + std::to_string(parsed.at("records").as_int64());
            t.got.push_back(std::move(event));
        }
        t.changed.notify_all();
        return done;
    }
    void reopen() override
    {
        target_->set([this] { ++target_->opened; });
        if (target_->opened == 3)
            throw std::runtime_error{"not a file"};
    }

private:
    std::shared_ptr<audit_target> const target_;
};

}  // namespace tokend::test

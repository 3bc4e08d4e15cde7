#pragma once

#include "base/durable_store.hpp"
#include "web/conversation.hpp"
#include "web/desk.hpp"
#include "web/mailbox.hpp"
#include "web/parts.hpp"
#include "web/worker_state.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/test/unit_test.hpp>

#include <cstdio>
#include <deque>
#include <exception>
#include <memory>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tokend {

inline std::ostream& operator<<(std::ostream& to, step::kind k)
{
    constexpr std::string_view names[] = {"read", "write", "respond", "linger", "close"};
    return to << names[static_cast<std::size_t>(k)];
}

}  // namespace tokend

namespace tokend::test {

// Keeps a change when the test says so.
class store_on_command : public durable_store
{
public:
    bool takes_issues() const noexcept override { return true; }
    void wait(durability, std::unique_ptr<commit_waiter> waiter) override { waiting.push_back(std::move(waiter)); }
    void settle(bool done)
    {
        auto w = std::move(waiting.front());
        waiting.pop_front();
        auto* const waiter = w.get();
        waiter->notify(std::move(w), done);
    }

    std::deque<std::unique_ptr<commit_waiter>> waiting;
};

// A conversation without a socket: bytes go in, steps and responses come out.
class talk
{
public:
    explicit talk(std::span<route const> routes = public_routes(), http_options const& options = {})
        : front_{"public", routes, 1000},
          shared{{.level = log_level::debug, .descriptor = ::fileno(log_file_.get())}, options}
    {
        mail.start([] {});
    }

    // Takes these bytes as input.
    step give(std::string_view bytes)
    {
        auto const room = d.in.room();
        BOOST_REQUIRE(bytes.size() <= room.size());
        bytes.copy(room.data(), bytes.size());
        d.in.commit(bytes.size());
        return with.advance(d);
    }
    // The responses that may be sent now, which are sent.
    std::string take()
    {
        std::string sent{d.sendable()};
        if (sent.size() == d.out.size())
            d.out.wipe();
        return sent;
    }
    // Begins to complete a response. `responded` turns true when it is complete.
    void begin_to_respond()
    {
        auto responding = with.respond(d);
        auto ended = [this](std::exception_ptr thrown) {
            BOOST_TEST(!thrown);
            responded = true;
        };
        asio::co_spawn(loop, std::move(responding), ended);
        run();
    }
    // Runs what is ready on the loop.
    void run()
    {
        loop.restart();
        loop.poll();
    }
    std::string log()
    {
        shared.log.flush();
        std::string text(65536, '\0');
        std::rewind(log_file_.get());
        text.resize(std::fread(text.data(), 1, text.size(), log_file_.get()));
        return text;
    }

private:
    struct closes
    {
        void operator()(std::FILE* file) const { std::fclose(file); }
    };
    std::unique_ptr<std::FILE, closes> log_file_{std::tmpfile()};  // the logger writes to it until it ends
    front front_;

public:
    parts shared;
    asio::io_context loop{1};
    mailbox mail{loop};
    worker_state home{shared.services, shared.config, loop, mail, 0};
    desk d{shared.config->http.limits};
    conversation with{home, front_, test::somebody()};
    bool responded = false;
};

}  // namespace tokend::test

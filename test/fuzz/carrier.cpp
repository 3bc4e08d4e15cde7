#include "fuzz/carrier.hpp"

#include "fuzz/expect.hpp"

#include "web/conversation.hpp"

#include <boost/asio/co_spawn.hpp>

#include <algorithm>
#include <exception>
#include <utility>

namespace tokend::test {
namespace {

class carrier
{
public:
    carrier(world& of, front const& at, std::string_view bytes, arrival const& how)
        : world_{of},
          rest_{bytes},
          next_piece_{how.first},
          how_{how},
          desk_{of.home.limits},
          conversation_{of.home, at, somebody()}
    {}

    std::string carry() &&
    {
        for (auto next = conversation_.begin(); next.what != step::kind::linger && next.what != step::kind::close;)
            next = next.what == step::kind::read ? read(next) : write(next);
        send();
        return std::move(received_);
    }

private:
    step read(step const& now)
    {
        send();
        if (now.idle)
            desk_.clear();
        world_.home.read_clock();
        if (rest_.empty())
            return how_.stalls ? conversation_.timed_out(desk_) : conversation_.input_ended(desk_);
        auto const room = desk_.in.room();
        expect(!room.empty(), "a connection that reads has room");
        auto const count = rest_.copy(room.data(), std::min(std::exchange(next_piece_, how_.each), room.size()));
        rest_.remove_prefix(count);
        desk_.in.commit(count);
        return conversation_.advance(desk_);
    }
    step write(step const& now)
    {
        send();
        if (now.what == step::kind::respond)
            respond();
        return conversation_.advance(desk_);
    }
    void respond()
    {
        bool responded = false;
        auto responding = conversation_.respond(desk_);
        auto ended = [&](std::exception_ptr thrown) {
            if (thrown)
                std::rethrow_exception(thrown);
            responded = true;
        };
        asio::co_spawn(world_.loop, std::move(responding), ended);
        world_.loop.restart();
        while (!responded)
            expect(world_.loop.run_one() != 0, "a response that waits is completed");
    }
    // All that may be sent.
    void send()
    {
        auto const sendable = desk_.sendable();
        received_.append(sendable.substr(sent_));
        sent_ = sendable.size();
        if (sent_ == desk_.out.size())
        {
            desk_.out.wipe();
            sent_ = 0;
        }
    }

    world& world_;
    std::string_view rest_;
    std::size_t next_piece_;
    arrival const how_;
    desk desk_;
    conversation conversation_;
    std::string received_;
    std::size_t sent_ = 0;  // bytes of the output
};

}  // namespace

std::string carry(world& of, front const& at, std::string_view bytes, arrival const& how)
{
    return carrier{of, at, bytes, how}.carry();
}

}  // namespace tokend::test

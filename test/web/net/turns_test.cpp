#include "web/net/turns.hpp"

#include "web/net/poller.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/test/unit_test.hpp>

#include <sys/eventfd.h>
#include <unistd.h>

#include <string>

using namespace tokend;

namespace {

// A socket of another connection: notes each event.
class other : public watched
{
public:
    explicit other(std::string& order) : order_{order} {}
    ~other() { ::close(number); }
    void ready(readiness) override { order_ += 's'; }

    int const number = ::eventfd(0, 0);

private:
    std::string& order_;
};

task<void> work(turns& heavy, std::string& order, int socket, int steps)
{
    for (int i = 0; i < steps; ++i)
    {
        if (!heavy.take_at_once())
            co_await heavy.take();
        order += 't';
        ::eventfd_write(socket, 1);  // an event while the step runs
    }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(turns_)

BOOST_AUTO_TEST_CASE(between_two_heavy_steps_the_loop_serves_all_sockets_that_are_ready)
{
    std::string order;
    asio::io_context loop{1};
    turns heavy{loop};
    poller sockets{loop};
    other socket{order};
    sockets.watch(socket.number, socket);
    sockets.start([&] { heavy.begin_round(); });
    loop.poll();
    order.clear();
    for (int steps : {1, 2, 1})
    {
        auto working = work(heavy, order, socket.number, steps);
        asio::co_spawn(loop, std::move(working), asio::detached);
    }
    loop.restart();
    loop.poll();
    BOOST_TEST(order == "tstststs");
}

BOOST_AUTO_TEST_CASE(one_turn_for_each_look_at_the_sockets_can_be_had_at_once_unless_somebody_waits)
{
    asio::io_context loop{1};
    turns heavy{loop};
    BOOST_TEST(!heavy.take_at_once());
    heavy.begin_round();
    BOOST_TEST(heavy.take_at_once());
    BOOST_TEST(!heavy.take_at_once());
    auto waiting = [](turns& of) -> task<void> { co_await of.take(); };
    auto waits = waiting(heavy);
    asio::co_spawn(loop, std::move(waits), asio::detached);
    loop.run_one();
    heavy.begin_round();
    BOOST_TEST(!heavy.take_at_once());
    loop.poll();
    heavy.begin_round();
    BOOST_TEST(heavy.take_at_once());
}

BOOST_AUTO_TEST_CASE(whoever_waits_for_a_turn_when_the_loop_ends_is_destroyed)
{
    std::string order;
    int destroyed = 0;
    {
        asio::io_context loop{1};
        turns heavy{loop};
        auto waiting = [](turns& of, int& ends) -> task<void> {
            struct counts
            {
                ~counts() { ++n; }
                int& n;
            } const end{ends};
            co_await of.take();
            co_await of.take();
        };
        auto first = waiting(heavy, destroyed);
        auto second = waiting(heavy, destroyed);
        asio::co_spawn(loop, std::move(first), asio::detached);
        asio::co_spawn(loop, std::move(second), asio::detached);
        loop.run_one();
        loop.run_one();
        BOOST_TEST(destroyed == 0);
    }
    BOOST_TEST(destroyed == 2);
}

BOOST_AUTO_TEST_SUITE_END()

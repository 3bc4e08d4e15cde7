#include "web/net/poller.hpp"

#include <boost/test/unit_test.hpp>

#include <sys/eventfd.h>
#include <unistd.h>

using namespace tokend;

namespace {

// A socket in name: readable once something is sent.
class socket_told_of final : public watched
{
public:
    explicit socket_told_of(int const& batches) : batches_{batches} {}
    ~socket_told_of() { ::close(descriptor_); }

    int native_handle() const noexcept { return descriptor_; }
    void send() noexcept { ::eventfd_write(descriptor_, 1); }
    void ready(readiness r) override
    {
        if (r.readable)
            told_in = batches_;
    }

    int told_in = 0;  // which batch was the last to tell of something to read

private:
    int const& batches_;
    int const descriptor_ = ::eventfd(0, 0);
};

}  // namespace

BOOST_AUTO_TEST_SUITE(poller_)

BOOST_AUTO_TEST_CASE(a_batch_tells_of_nothing_that_came_after_its_beginning)
{
    asio::io_context loop{1};
    poller sockets{loop};
    int batches = 0;
    socket_told_of early{batches};
    socket_told_of late{batches};
    sockets.watch(early.native_handle(), early);
    sockets.watch(late.native_handle(), late);
    early.send();
    sockets.start([&] {
        if (++batches == 1)
            late.send();
    });
    loop.poll();
    BOOST_TEST(early.told_in == 1);
    BOOST_TEST(late.told_in == 2);
}

BOOST_AUTO_TEST_SUITE_END()

// Hundreds of clients that are slow, each in one of five manners.
#include "contract/contract.hpp"
#include "support/daemon.hpp"

#include <boost/test/unit_test.hpp>

#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace tokend::test {
namespace {

constexpr int of_each_manner = 100;

enum class manner
{
    sends_nothing,
    drips_header,
    drips_body,
    reads_nothing,
    stays_idle  // after an answer; every second one has shut its sending side
};

std::string many_requests()
{
    std::string all;
    for (int i = 0; i < 100; ++i)
        all += get_health;
    return all;
}

class slow_client
{
public:
    slow_client(std::string const& address, manner how, bool half_closed) : client_{address}, how_{how}
    {
        std::string const head{"POST /authentication/token/validate HTTP/1.1\r\nHost: tokend\r\n"};
        if (how == manner::drips_header)
            client_.send(head + "X-Slow: ");
        else if (how == manner::drips_body)
            client_.send(head + "Content-Length: 10000\r\n\r\n{");
        else if (how == manner::reads_nothing)
        {
            int const bytes = 2048;
            ::setsockopt(client_.socket(), SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
        }
        else if (how == manner::stays_idle)
        {
            client_.send(get_health);
            if (half_closed)
                client_.finish_sending();
            BOOST_TEST(client_.receive().status == 200);
        }
    }

    void go_on() const
    {
        static auto const more = many_requests();
        if (how_ == manner::drips_header || how_ == manner::drips_body)
            send(" ");
        else if (how_ == manner::reads_nothing)
            send(more);
    }
    bool has_ended() const
    {
        ::pollfd watched{client_.socket(), POLLRDHUP, 0};
        ::poll(&watched, 1, 0);
        return (watched.revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0;
    }

private:
    void send(std::string_view bytes) const
    {
        static_cast<void>(::send(client_.socket(), bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT));
    }

    raw_client client_;
    manner how_;
};

void allow_many_descriptors()
{
    ::rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(slow_clients_)

BOOST_AUTO_TEST_CASE(five_hundred_slow_clients_hold_up_nobody_and_all_are_closed)
{
    allow_many_descriptors();
    daemon_process const tokend{
        {.configuration = demonstration(),
         .arguments = {"--http.header-timeout=1s", "--http.body-timeout=1s", "--http.write-timeout=1s",
                       "--http.idle-timeout=1s", "--http.linger-timeout=100ms", "--log.level=warning"}}};
    auto const descriptors = tokend.descriptors();
    auto const token = issue_token(tokend.address());

    std::vector<slow_client> crowd;
    for (int i = 0; i < of_each_manner; ++i)
        for (auto const how : {manner::sends_nothing, manner::drips_header, manner::drips_body, manner::reads_nothing,
                               manner::stays_idle})
            crowd.emplace_back(tokend.address(), how, i % 2 == 0);
    BOOST_TEST(eventually([&] {
        for (auto const& slow : crowd)
            slow.go_on();
        BOOST_TEST(is_active(tokend.address(), token));
        auto const other = issue_token(tokend.address());
        check_ok(ask(tokend.address(), post(release_path, token_body(other))));
        return std::ranges::all_of(crowd, [](slow_client const& slow) { return slow.has_ended(); });
    }));
    crowd.clear();
    BOOST_TEST(tokend.comes_back_to(descriptors), tokend.descriptors());
    BOOST_TEST(tokend.log().find("exception") == std::string::npos, tokend.log());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tokend::test

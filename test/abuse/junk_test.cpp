// Requests that cost a stranger nothing write a line a second and kind, and take no line from others.
#include "contract/contract.hpp"
#include "support/count.hpp"
#include "support/daemon.hpp"
#include "support/logged.hpp"

#include <boost/test/unit_test.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace tokend::test {
namespace {

constexpr auto* stranger = "127.0.0.2";
constexpr std::size_t many = 300;

std::string guess(std::string_view organisation)
{
    return post(issue_path,
                R"({"username":"victim","password":"guess","organisation":")" + std::string{organisation} + R"("})");
}

daemon_options strict()
{
    return {.configuration = demonstration(),
            .arguments = {"--login.lockout-failures=1", "--login.failure-time=0ms",
                          "--organisation.ACME.deny-addresses=127.0.0.2", "--log.format=json"}};
}

void send_many(daemon_process const& tokend, std::string const& request)
{
    std::string piece;
    for (std::size_t i = 0; i < many; ++i)
        piece += request;
    raw_client client{tokend.address(), stranger};
    client.send(piece);
    for (std::size_t i = 0; i < many; ++i)
        BOOST_TEST_REQUIRE(client.receive().status >= 400);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(junk_)

BOOST_AUTO_TEST_CASE(requests_that_cost_a_stranger_nothing_are_counted_and_others_lose_no_line)
{
    daemon_process tokend{strict()};
    send_many(tokend, guess("CRMDEMO"));
    send_many(tokend, guess("ACME"));
    send_many(tokend, post(issue_path, "{}"));
    send_many(tokend, post(api_key_path, "{}"));
    send_many(tokend, post(api_key_path, "{}", "Authorization: Basic AAAA\r\n"));
    for (int i = 0; i < 10; ++i)
        check_ok(ask(tokend.address(), post(issue_path, administrator)));
    tokend.stop();

    auto const log = tokend.log();
    auto const check = [&](std::string_view method, std::string_view code, std::size_t events) {
        auto const found = find_logged(log, {method, code});
        BOOST_TEST(found.events == events, method << ' ' << code << ": " << found.events);
        BOOST_TEST(found.lines < many / 4, method << ' ' << code << ": " << found.lines);
    };
    constexpr std::string_view issue = R"("msg":"issue")";
    constexpr std::string_view api_key = R"("msg":"web_api_key")";
    check(issue, R"("code":"TOO_MANY_ATTEMPTS")", many - 1);
    check(issue, R"("code":"ADDRESS_NOT_ALLOWED")", many);
    check(issue, R"("code":"MISSING_PARAMETER")", many);
    check(api_key, R"("code":"INVALID_CREDENTIALS")", 2 * many);
    check(issue, R"("code":"INVALID_CREDENTIALS")", 1);
    BOOST_TEST(count(log, R"("code":"OK")") == 10U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tokend::test

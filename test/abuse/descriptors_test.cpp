// More connections than there are descriptors.
#include "contract/contract.hpp"
#include "support/daemon.hpp"

#include <boost/test/unit_test.hpp>

#include <csignal>
#include <string>
#include <vector>

namespace tokend::test {
namespace {

// Not under asan: the undefined-behaviour sanitizer opens a pipe to check a virtual table, and reports a broken table
// if it gets no pipe.
auto const without_sanitizer = boost::unit_test::enable_if<!under_address_sanitizer>();

answer ask_on(raw_client& client, std::string_view request)
{
    client.send(request);
    return client.receive();
}

bool is_served(std::string const& address)
{
    raw_client client{address};
    client.send(get_health);
    auto const a = client.receive_or_end();
    return a && a->status == 200;
}

std::vector<raw_client> crowd(std::string const& address, int size)
{
    std::vector<raw_client> all;
    for (int i = 0; i < size; ++i)
        all.emplace_back(address).send("GET /");
    return all;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(descriptors_)

BOOST_AUTO_TEST_CASE(ten_times_they_run_out_and_those_who_are_served_notice_nothing, *without_sanitizer)
{
    daemon_process const tokend{{.configuration = demonstration(),
                                 .arguments = {"--server.workers=1", "--http.idle-timeout=10m",
                                               "--http.header-timeout=10m", "--http.linger-timeout=100ms"}}};
    raw_client early{tokend.address()};
    std::string const token{check_ok(ask_on(early, post(issue_path, administrator))).at("token").as_string()};
    auto const before = tokend.descriptors();
    tokend.limit_descriptors(before + 20);
    for (int round = 0; round < 10; ++round)
        BOOST_TEST_CONTEXT("round " << round)
        {
            {
                auto const strangers = crowd(tokend.address(), 60);
                BOOST_TEST(eventually([&] { return tokend.descriptors() > before + 10; }));
                raw_client late{tokend.address()};
                late.send(get_health);
                for (int i = 0; i < 20; ++i)
                    BOOST_TEST(check_ok(ask_on(early, post(validate_path, token_body(token)))).at("active").as_bool());
                auto const other = check_ok(ask_on(early, post(issue_path, administrator))).at("token");
                check_ok(ask_on(early, post(release_path, token_body(other.as_string()))));
                BOOST_TEST(!late.has_answer());
            }
            BOOST_TEST(eventually([&] { return is_served(tokend.address()); }));
            BOOST_TEST(tokend.comes_back_to(before));
        }
    BOOST_TEST(tokend.logs("cannot accept connections"));
}

BOOST_AUTO_TEST_CASE(clients_never_get_those_that_files_need, *without_sanitizer)
{
    daemon_options options{.configuration = demonstration(),
                           .arguments = {"--server.workers=2", "--http.idle-timeout=10m", "--http.header-timeout=10m",
                                         "--http.linger-timeout=10m"}};
    options.open_files = 200;
    daemon_process const tokend{options};
    auto const before = tokend.descriptors();
    auto const strangers = crowd(tokend.address(), 300);
    BOOST_TEST(eventually([&] { return tokend.descriptors() >= before + 130; }));
    tokend.signal(SIGHUP);
    BOOST_TEST(tokend.logs(R"("reloaded")"));
    BOOST_TEST(tokend.log().find("cannot accept") == std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tokend::test

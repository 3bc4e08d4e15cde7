// More requests than a client, a listener or an organisation may send.
#include "contract/contract.hpp"
#include "support/daemon.hpp"

#include <boost/test/unit_test.hpp>

#include <deque>
#include <string>
#include <string_view>

namespace tokend::test {
namespace {

constexpr auto* flood = "127.0.0.2";
constexpr auto* other = "127.0.0.3";
constexpr int many = 500;

// How many requests on one connection are answered before the first one that is over the rate.
int answered(daemon_process const& tokend, std::string const& own, std::string_view request)
{
    raw_client client{tokend.address(), own};
    for (int i = 0; i < many; ++i)
    {
        client.send(request);
        auto const a = client.receive();
        if (a.status == 200)
            continue;
        check_error(a, 429, "RATE_LIMITED");
        BOOST_TEST(a.header("Retry-After") == "1");
        return i;
    }
    return many;
}

std::string validation() { return post(validate_path, token_body(unknown_token)); }

daemon_options limited(std::string const& rate, std::string const& burst)
{
    return {.configuration = demonstration(), .arguments = {"--" + rate + "=1", "--" + burst + "=5"}};
}

// The burst, and a few more on a busy machine, where seconds pass.
bool is_limited(int requests) { return requests >= 5 && requests < many; }

}  // namespace

BOOST_AUTO_TEST_SUITE(rates_)

BOOST_AUTO_TEST_CASE(a_client_network_has_its_rate_and_takes_nothing_from_others)
{
    daemon_process const tokend{limited("server.network-rate", "server.network-burst")};
    BOOST_TEST(is_limited(answered(tokend, flood, validation())));
    BOOST_TEST(is_limited(answered(tokend, other, validation())));
}

BOOST_AUTO_TEST_CASE(so_has_each_client_whose_requests_share_the_connection_of_a_proxy)
{
    auto options = limited("server.network-rate", "server.network-burst");
    options.arguments.insert(options.arguments.end(), {"--listen.public.trusted-proxies=127.0.0.1",
                                                       "--listen.public.client-address-from=x-forwarded-for"});
    daemon_process const tokend{options};
    raw_client proxy{tokend.address()};
    auto const ask_for = [&](std::string const& client) {
        proxy.send(post(validate_path, token_body(unknown_token), "X-Forwarded-For: " + client + "\r\n"));
        return proxy.receive().status;
    };
    while (ask_for("192.0.2.7") != 429)
    {}
    BOOST_TEST(ask_for("198.51.100.7") == 200U);
}

BOOST_AUTO_TEST_CASE(a_listener_has_its_rate_for_all_clients)
{
    daemon_process const tokend{limited("listen.public.rate", "listen.public.burst")};
    BOOST_TEST(is_limited(answered(tokend, flood, validation())));
    BOOST_TEST(answered(tokend, other, validation()) < 5);
}

BOOST_AUTO_TEST_CASE(an_organisation_has_a_rate_of_logins)
{
    daemon_process const tokend{limited("organisation.ACME.rate", "organisation.ACME.burst")};
    BOOST_TEST(is_limited(answered(tokend, flood, post(issue_path, acme_administrator))));
    check_ok(ask(tokend.address(), post(issue_path, administrator)));
    BOOST_TEST(answered(tokend, flood, validation()) == many);
}

BOOST_AUTO_TEST_CASE(health_and_checks_for_proxies_have_no_rate)
{
    daemon_process const tokend{limited("listen.public.rate", "listen.public.burst")};
    auto const token = issue_token(tokend.address());
    BOOST_TEST(answered(tokend, flood, get_health) == many);
    BOOST_TEST(answered(tokend, flood, get("/auth/verify", bearer(token))) == many);
}

BOOST_AUTO_TEST_CASE(what_has_no_path_is_not_found_before_any_rate)
{
    daemon_process const tokend{limited("server.network-rate", "server.network-burst")};
    raw_client client{tokend.address(), flood};
    for (int i = 0; i < 20; ++i)
    {
        client.send(get("/nowhere"));
        BOOST_TEST(client.receive().status == 404);
    }
    check_error(ask(tokend.address(), get(validate_path)), 405, "METHOD_NOT_ALLOWED");
}

BOOST_AUTO_TEST_CASE(a_client_network_has_so_many_connections_and_takes_none_from_others)
{
    daemon_process const tokend{{.configuration = demonstration(), .arguments = {"--server.network-connections=3"}}};
    auto const is_served = [](raw_client& client) {
        client.send(get_health);
        auto const a = client.receive_or_end();
        return a && a->status == 200;
    };
    std::deque<raw_client> clients;
    for (int i = 0; i < 3; ++i)
        BOOST_TEST(is_served(clients.emplace_back(tokend.address(), flood)));
    for (int i = 0; i < 10; ++i)
    {
        raw_client one_too_many{tokend.address(), flood};
        BOOST_TEST(!is_served(one_too_many));
    }
    raw_client owner{tokend.address(), other};
    BOOST_TEST(is_served(owner));
    clients.pop_front();
    BOOST_TEST(eventually([&] {
        raw_client again{tokend.address(), flood};
        return is_served(again);
    }));
    BOOST_TEST(tokend.logs("a client network has too many connections"));
}

BOOST_AUTO_TEST_CASE(an_organisation_admits_clients_by_their_addresses)
{
    daemon_process const tokend{
        {.configuration = demonstration(), .arguments = {"--organisation.ACME.deny-addresses=127.0.0.2"}}};
    raw_client client{tokend.address(), flood};
    client.send(post(issue_path, acme_administrator));
    check_error(client.receive(), 403, "ADDRESS_NOT_ALLOWED");
    client.send(post(issue_path, administrator));
    check_ok(client.receive());
    auto const token = issue_token(tokend.address(), acme_administrator);
    client.send(post(validate_path, token_body(token)));
    BOOST_TEST(client.receive().body.find(R"("active":true)") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tokend::test

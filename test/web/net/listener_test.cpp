#include "web/net/listener.hpp"

#include "support/ipv6.hpp"
#include "support/process.hpp"
#include "support/raw_client.hpp"
#include "web/net/binding.hpp"
#include "web/parts.hpp"

#include <boost/test/unit_test.hpp>

#include <sys/socket.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

using namespace tokend;

namespace {

struct listening
{
    test::parts shared{{.level = log_level::error}};
    std::vector<std::unique_ptr<worker>> workers;
    asio::io_context loop{1};

    auto on(std::string_view address)
    {
        return listen_on(loop, listener_options{}, listening_address::parse(address).value(), {}, shared.public_front,
                         workers, shared.log);
    }
};

std::uint16_t port_of(listener const& l) { return std::get<tcp_address>(l.bound_to()).port; }

}  // namespace

BOOST_AUTO_TEST_SUITE(listener_)

// Another program may hold the port under one of the two, so that there are more attempts.
BOOST_AUTO_TEST_CASE(all_addresses_of_both_families_share_a_port, *boost::unit_test::precondition(test::needs_ipv6))
{
    listening l;
    std::optional<std::string> taken;
    for (int attempt = 0; attempt < 10; ++attempt)
        try
        {
            auto const six = l.on("[::]:0");
            auto const four = l.on("0.0.0.0:" + std::to_string(port_of(*six.front())));
            return;
        }
        catch (std::system_error const& e)
        {
            taken = e.what();
        }
    BOOST_FAIL(*taken);
}

BOOST_AUTO_TEST_CASE(localhost_is_one_port_of_both_families)
{
    listening l;
    auto const made = l.on("localhost:0");
    BOOST_TEST_REQUIRE(made.size() == (test::has_ipv6() ? 2U : 1U));
    BOOST_TEST(text_of(made[0]->bound_to()).starts_with("127.0.0.1:"));
    if (made.size() == 2)
        BOOST_TEST(text_of(made[1]->bound_to()) == "[::1]:" + std::to_string(port_of(*made[0])));
}

BOOST_AUTO_TEST_CASE(an_address_in_use_can_be_told_without_listening)
{
    listening l;
    auto const made = l.on("127.0.0.1:0");
    auto const in_use = [](std::system_error const& e) { return e.code() == std::errc::address_in_use; };
    auto const taken = listening_address{std::get<tcp_address>(made[0]->bound_to())};
    BOOST_CHECK_EXCEPTION(try_to_listen(taken), std::system_error, in_use);
    BOOST_CHECK_NO_THROW(try_to_listen(listening_address::parse("127.0.0.1:0").value()));
    BOOST_CHECK_NO_THROW(try_to_listen(listening_address::parse("localhost:0").value()));
}

BOOST_AUTO_TEST_CASE(the_kernel_keeps_little_for_a_client_that_takes_no_responses)
{
    listening l;
    auto const made = l.on("127.0.0.1:0");
    made[0]->start();
    test::raw_client const client{text_of(made[0]->bound_to())};
    test::descriptor const accepted{::accept(made[0]->native_handle(), nullptr, nullptr), "accept"};
    std::string const response(10'000, 'x');
    std::size_t kept = 0;
    ssize_t sent = 0;
    while ((sent = ::send(accepted.get(), response.data(), response.size(), MSG_DONTWAIT)) > 0)
        kept += static_cast<std::size_t>(sent);
    BOOST_TEST(kept > 64U * 1024);  // a page of sessions and some pipelined responses need not wait
    BOOST_TEST(kept < 1024U * 1024);
}

BOOST_AUTO_TEST_SUITE_END()

#include "web/net/listener.hpp"

#include "web/net/binding.hpp"
#include "web/parts.hpp"

#include <boost/test/unit_test.hpp>

#include <optional>
#include <system_error>

using namespace tokend;

namespace {

struct listening
{
    asio::io_context loop{1};
    test::parts shared{{.level = log_level::error}};
    std::vector<std::unique_ptr<worker>> workers;

    auto on(std::string const& address)
    {
        return listen_on(loop, listener_options{}, address, shared.public_front, workers, shared.log);
    }
};

bool has_ipv6(listening& l)
{
    std::size_t found = 0;
    if_there_is_one([&] { found = l.on("[::1]:0").size(); });
    return found == 1;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(listener_)

// Another program may hold the port under one of the two, so that there are more attempts.
BOOST_AUTO_TEST_CASE(all_addresses_of_both_families_share_a_port)
{
    listening l;
    if (!has_ipv6(l))
        return;
    std::optional<std::string> taken;
    for (int attempt = 0; attempt < 10; ++attempt)
        try
        {
            auto const six = l.on("[::]:0");
            auto const four = l.on("0.0.0.0:" + port_of(six.front()->bound_to()));
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
    BOOST_TEST_REQUIRE(made.size() == (has_ipv6(l) ? 2U : 1U));
    BOOST_TEST(made[0]->bound_to().starts_with("127.0.0.1:"));
    if (made.size() == 2)
        BOOST_TEST(made[1]->bound_to() == "[::1]:" + port_of(made[0]->bound_to()));
}

BOOST_AUTO_TEST_CASE(an_address_in_use_can_be_told_without_listening)
{
    listening l;
    auto const made = l.on("127.0.0.1:0");
    auto const in_use = [](std::system_error const& e) { return e.code() == std::errc::address_in_use; };
    BOOST_CHECK_EXCEPTION(try_to_listen(made[0]->bound_to()), std::system_error, in_use);
    BOOST_CHECK_NO_THROW(try_to_listen("127.0.0.1:0"));
    BOOST_CHECK_NO_THROW(try_to_listen("localhost:0"));
}

BOOST_AUTO_TEST_SUITE_END()

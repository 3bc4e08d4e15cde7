#include "web/client_connections.hpp"

#include <boost/test/unit_test.hpp>

#include <string_view>
#include <vector>

using namespace tokend;

namespace {

ip_address address(std::string_view text) { return ip_address::parse(text).value(); }

}  // namespace

BOOST_AUTO_TEST_SUITE(client_connections_)

BOOST_AUTO_TEST_CASE(a_network_has_so_many_places_and_no_more)
{
    client_connections open;
    std::vector<client_connections::place> places;
    for (int i = 0; i < 3; ++i)
        places.push_back(open.take(address("192.0.2.1"), 3).value());
    BOOST_TEST(!open.take(address("192.0.2.1"), 3));
    BOOST_TEST(!open.take(address("192.0.2.1"), 3));
    BOOST_TEST(open.take(address("192.0.2.2"), 3).has_value());
    BOOST_TEST(open.take(address("192.0.2.1"), 4).has_value());
    places.pop_back();
    BOOST_TEST(open.take(address("192.0.2.1"), 3).has_value());
    BOOST_TEST(open.take(address("192.0.2.1"), 3).has_value());  // the place of the line above was given back
}

BOOST_AUTO_TEST_CASE(all_addresses_of_a_64_are_one_network)
{
    client_connections open;
    auto const first = open.take(address("2001:db8::1"), 1);
    BOOST_TEST(first.has_value());
    BOOST_TEST(!open.take(address("2001:db8::2"), 1));
    BOOST_TEST(open.take(address("2001:db8:0:1::1"), 1).has_value());
}

BOOST_AUTO_TEST_SUITE_END()

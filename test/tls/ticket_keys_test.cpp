#include "tls/ticket_keys.hpp"

#include <boost/test/unit_test.hpp>

using namespace tokend;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(ticket_keys_)

BOOST_AUTO_TEST_CASE(a_key_encrypts_for_one_period_and_decrypts_for_another)
{
    ticket_keys keys;
    ticket_keys::time_point const start{100h};
    auto const first = keys.current(start);
    BOOST_TEST((keys.current(start + ticket_keys::period - 1s).name == first.name));
    auto const second = keys.current(start + ticket_keys::period);
    BOOST_TEST((second.name != first.name));
    BOOST_TEST((second.cipher != first.cipher));
    BOOST_TEST((second.mac != first.mac));
    auto const found = keys.find(first.name, start + 2 * ticket_keys::period - 1s);
    BOOST_TEST_REQUIRE(found.has_value());
    BOOST_TEST((found->cipher == first.cipher));
    BOOST_TEST((found->mac == first.mac));
    BOOST_TEST(!keys.find(first.name, start + 2 * ticket_keys::period).has_value());
    BOOST_TEST(keys.find(second.name, start + 2 * ticket_keys::period).has_value());
}

BOOST_AUTO_TEST_CASE(after_a_long_rest_no_old_key_is_left)
{
    ticket_keys keys;
    ticket_keys::time_point const start{100h};
    auto const first = keys.current(start);
    BOOST_TEST((keys.current(start + 1000h).name != first.name));
    BOOST_TEST(!keys.find(first.name, start + 1000h).has_value());
}

BOOST_AUTO_TEST_CASE(an_unknown_key_is_not_found)
{
    ticket_keys keys;
    auto other = keys.current({}).name;
    other[0] ^= 1;
    BOOST_TEST(!keys.find(other, {}).has_value());
}

BOOST_AUTO_TEST_SUITE_END()

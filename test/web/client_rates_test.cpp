#include "web/client_rates.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace tokend;
using namespace std::chrono_literals;

namespace {

constexpr rate_limit limit{.per_second = 10};

struct fixture
{
    int taken(std::string const& address, int requests = 100)
    {
        auto const client = ip_address::parse(address).value();
        int n = 0;
        for (int i = 0; i < requests; ++i)
            n += rates.of(client).take(limit, now) == 0ns ? 1 : 0;
        return n;
    }

    client_rates rates;
    rate_meter::time_point now{1000h};
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(client_rates_, fixture)

BOOST_AUTO_TEST_CASE(each_network_has_its_own_rate)
{
    BOOST_TEST(taken("192.0.2.1") == 10);
    BOOST_TEST(taken("192.0.2.2") == 10);
    BOOST_TEST(taken("192.0.2.1") == 0);
    BOOST_TEST(taken("2001:db8::1") == 10);
    BOOST_TEST(taken("2001:db8::2") == 0);
    BOOST_TEST(taken("2001:db8:0:1::2") == 10);
}

BOOST_AUTO_TEST_CASE(a_thousand_floods_hardly_ever_take_another_client_along)
{
    for (int i = 0; i < 1000; ++i)
        taken("198.18." + std::to_string(i / 250) + '.' + std::to_string(i % 250));
    int hurt = 0;
    for (int i = 0; i < 1000; ++i)
        hurt += taken("198.19." + std::to_string(i / 250) + '.' + std::to_string(i % 250), 10) < 10 ? 1 : 0;
    BOOST_TEST(hurt < 20);  // one is expected
}

BOOST_AUTO_TEST_SUITE_END()

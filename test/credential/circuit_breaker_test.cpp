#include "credential/circuit_breaker.hpp"

#include <boost/test/unit_test.hpp>

using namespace tokend;
using namespace std::chrono_literals;

namespace {

struct fixture
{
    bool admits() { return static_cast<bool>(circuit_breaker::permit{breaker, now}); }
    bool fail() { return circuit_breaker::permit{breaker, now}.fail(now); }
    bool succeed() { return circuit_breaker::permit{breaker, now}.succeed(); }

    circuit_breaker breaker{{.failures = 3, .time = 500ms}};
    circuit_breaker::time_point now{1000h};
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(circuit_breaker_, fixture)

BOOST_AUTO_TEST_CASE(it_opens_after_so_many_outages_in_a_row)
{
    fail();
    fail();
    succeed();
    BOOST_TEST(!fail());
    BOOST_TEST(!fail());
    BOOST_TEST(admits());
    BOOST_TEST(fail());
    BOOST_TEST(breaker.is_open());
    BOOST_TEST(!admits());
}

BOOST_AUTO_TEST_CASE(an_open_one_lets_one_probe_through_at_a_time)
{
    for (int i = 0; i < 3; ++i)
        fail();
    now += 499ms;
    BOOST_TEST(!admits());
    now += 1ms;
    {
        circuit_breaker::permit probe{breaker, now};
        BOOST_TEST(static_cast<bool>(probe));
        BOOST_TEST(!admits());
        BOOST_TEST(!probe.fail(now));
    }
    BOOST_TEST(!admits());
    now += 500ms;
    BOOST_TEST(admits());
}

BOOST_AUTO_TEST_CASE(an_answer_closes_it)
{
    for (int i = 0; i < 3; ++i)
        fail();
    now += 500ms;
    BOOST_TEST(succeed());
    BOOST_TEST(!breaker.is_open());
    BOOST_TEST(admits());
    BOOST_TEST(!succeed());
}

BOOST_AUTO_TEST_CASE(a_probe_that_says_nothing_is_followed_by_another)
{
    for (int i = 0; i < 3; ++i)
        fail();
    now += 500ms;
    BOOST_TEST(admits());
    BOOST_TEST(admits());
}

BOOST_AUTO_TEST_CASE(with_no_number_of_outages_it_never_opens)
{
    circuit_breaker never{{.failures = 0}};
    for (int i = 0; i < 100; ++i)
    {
        circuit_breaker::permit one{never, now};
        BOOST_TEST(static_cast<bool>(one));
        BOOST_TEST(!one.fail(now));
    }
    BOOST_TEST(!never.is_open());
}

BOOST_AUTO_TEST_SUITE_END()

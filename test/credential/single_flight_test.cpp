#include "credential/single_flight.hpp"

#include <boost/test/unit_test.hpp>

using namespace tokend;

using tickets_told = std::vector<tokend_ticket>;

BOOST_AUTO_TEST_SUITE(single_flight_)

BOOST_AUTO_TEST_CASE(the_first_one_flies_and_the_others_are_told)
{
    single_flight flights;
    auto const what = flights.digest_of({"alice", "a secret"});
    auto const first = flights.join(what, 1);
    BOOST_REQUIRE(first != nullptr);
    BOOST_TEST(flights.join(what, 2) == nullptr);
    BOOST_TEST(flights.join(what, 3) == nullptr);
    BOOST_TEST((flights.land(*first) == tickets_told{2, 3}));
    BOOST_TEST(flights.join(what, 4) != nullptr);
}

BOOST_AUTO_TEST_CASE(questions_that_differ_fly_alone)
{
    single_flight flights;
    auto const first = flights.join(flights.digest_of({"alice", "a secret"}), 1);
    for (auto const& other : {flights.digest_of({"alice", "a secre", "t"}), flights.digest_of({"alicea", " secret"}),
                              flights.digest_of({"alice", "A secret"}), flights.digest_of({"", "alicea secret"})})
        BOOST_TEST(flights.join(other, 2) != nullptr);
    BOOST_TEST(flights.land(*first).empty());
}

BOOST_AUTO_TEST_CASE(a_flight_that_others_wait_for_is_not_forsaken)
{
    single_flight flights;
    auto const what = flights.digest_of({"alice"});
    auto const first = flights.join(what, 1);
    BOOST_TEST(flights.join(what, 2) == nullptr);
    BOOST_TEST(!flights.forsake(*first));
    BOOST_TEST((flights.land(*first) == tickets_told{2}));
}

BOOST_AUTO_TEST_CASE(nobody_joins_a_flight_that_is_forsaken)
{
    single_flight flights;
    auto const what = flights.digest_of({"alice"});
    auto const first = flights.join(what, 1);
    BOOST_TEST(flights.forsake(*first));
    auto const second = flights.join(what, 2);
    BOOST_REQUIRE(second != nullptr);
    BOOST_TEST(flights.join(what, 3) == nullptr);
    BOOST_TEST(flights.land(*first).empty());
    BOOST_TEST((flights.land(*second) == tickets_told{3}));
}

BOOST_AUTO_TEST_CASE(a_digest_tells_nothing_outside_its_object)
{
    single_flight one;
    single_flight other;
    BOOST_TEST((one.digest_of({"alice"}) == one.digest_of({"alice"})));
    BOOST_TEST((one.digest_of({"alice"}) != other.digest_of({"alice"})));
}

BOOST_AUTO_TEST_SUITE_END()

#include "tokend/plugin.hpp"

#include <boost/test/unit_test.hpp>

using namespace tokend::plugin;
using namespace std::chrono_literals;

// What plugin.hpp adds to the contract for authors.
BOOST_AUTO_TEST_SUITE(author_)

BOOST_AUTO_TEST_CASE(kinds_are_the_bits_of_the_contract)
{
    BOOST_TEST(kinds{}.bits() == 0U);
    BOOST_TEST(kinds{kind::identifier}.bits() == 0U + TOKEND_KIND_IDENTIFIER);
    BOOST_TEST((kind::password | kind::code).bits() == 0U + (TOKEND_KIND_PASSWORD | TOKEND_KIND_CODE));
    BOOST_TEST((kind::password | kind::code | kind::identifier).bits() == 7U);
}

BOOST_AUTO_TEST_CASE(time_left_counts_down_to_the_deadline_and_beyond)
{
    auto const now = -time_left(0);
    question asked{};
    asked.deadline_ns = (now + 1h).count();
    BOOST_TEST((asked.time_left() <= 1h && asked.time_left() > 59min));
    subject who{};
    who.deadline_ns = (now - 1h).count();
    BOOST_TEST((who.time_left() <= -1h));
}

BOOST_AUTO_TEST_SUITE_END()

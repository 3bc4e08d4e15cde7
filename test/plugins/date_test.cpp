#include "common/date.hpp"

#include <boost/test/unit_test.hpp>

using namespace tokend::plugin;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(date_)

BOOST_AUTO_TEST_CASE(a_day_begins_at_midnight_and_ends_at_the_next)
{
    auto const day = parse_period("2026-12-31");
    BOOST_REQUIRE(day);
    BOOST_TEST(day->begin.time_since_epoch().count() == 1798675200);
    BOOST_TEST((day->end - day->begin == 24h));
}

BOOST_AUTO_TEST_CASE(a_second_ends_where_the_next_begins)
{
    auto const second = parse_period("20261231T235959Z");
    BOOST_REQUIRE(second);
    BOOST_TEST((second->end - second->begin == 1s));
    BOOST_TEST((second->end == parse_period("2026-12-31")->end));
}

BOOST_AUTO_TEST_CASE(the_calendar_has_leap_days)
{
    BOOST_TEST(parse_period("2024-02-29").has_value());
    BOOST_TEST(!parse_period("2026-02-29"));
    BOOST_TEST(parse_period("2000-02-29").has_value());
    BOOST_TEST(!parse_period("2100-02-29"));
}

BOOST_AUTO_TEST_CASE(nothing_else_is_a_date)
{
    for (auto const* text : {"",
                             "2026",
                             "2026-1-1",
                             "2026-13-01",
                             "2026-00-01",
                             "2026-01-00",
                             "2026-04-31",
                             "26-01-01",
                             "1999-12-31",
                             "2026-01-01 ",
                             " 2026-01-01",
                             "2026/01/01",
                             "-026-01-01",
                             "2026-01-01T00:00:00Z",
                             "20260101T000000",
                             "20260101T240000Z",
                             "20260101T006000Z",
                             "20260101T000060Z",
                             "20260132T000000Z",
                             "20260101t000000Z",
                             "19700101T000000Z",
                             "tomorrow"})
        BOOST_TEST(!parse_period(text), text);
}

BOOST_AUTO_TEST_SUITE_END()

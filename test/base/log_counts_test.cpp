#include "base/log_counts.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace tokend;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(log_counts_)

BOOST_AUTO_TEST_CASE(a_kind_has_a_line_at_once_and_then_one_a_second)
{
    log_counts counts;
    log_counts::instant const start{1h};
    auto const add = [&](std::string fields, std::chrono::milliseconds after) {
        return counts.add(log_level::info, "issue", "A", fields, start + after);
    };
    BOOST_TEST(add("1", 0ms));
    BOOST_TEST((counts.next_due() == log_counts::instant::max()));
    BOOST_TEST(!add("2", 500ms));
    BOOST_TEST(!add("3", 999ms));
    BOOST_TEST((counts.next_due() == start + 1s));
    BOOST_TEST(!counts.take_due(start + 999ms).has_value());
    BOOST_TEST(!add("4", 1500ms));  // others are counted already
    auto const due = counts.take_due(start + 1500ms);
    BOOST_TEST_REQUIRE(due.has_value());
    BOOST_TEST(due->count == 3U);
    BOOST_TEST(due->fields == "4");
    BOOST_TEST(!counts.take_due(start + 1500ms).has_value());
    BOOST_TEST((counts.next_due() == log_counts::instant::max()));
    BOOST_TEST(!add("5", 2400ms));
    BOOST_TEST(counts.take_due(start + 2500ms).has_value());
    BOOST_TEST(add("6", 3500ms));
}

BOOST_AUTO_TEST_CASE(kinds_are_told_apart_by_event_and_kind_and_the_last_level_and_fields_count)
{
    log_counts counts;
    log_counts::instant const start{1h};
    std::string fields;
    BOOST_TEST(counts.add(log_level::info, "issue", "A", fields, start));
    BOOST_TEST(counts.add(log_level::info, "issue", "B", fields, start));
    BOOST_TEST(counts.add(log_level::info, "verify", "A", fields, start));
    fields = "last";
    BOOST_TEST(!counts.add(log_level::error, "issue", "B", fields, start));
    auto const due = counts.take_due(log_counts::instant::max());
    BOOST_TEST_REQUIRE(due.has_value());
    BOOST_TEST(due->event == "issue");
    BOOST_TEST(due->fields == "last");
    BOOST_TEST((due->level == log_level::error));
    BOOST_TEST(due->count == 1U);
}

BOOST_AUTO_TEST_SUITE_END()

#include "common/join.hpp"

#include <boost/test/unit_test.hpp>

#include <vector>

using tokend::plugin::join;

BOOST_AUTO_TEST_SUITE(join_)

BOOST_AUTO_TEST_CASE(a_separator_stands_between_two_parts_and_nowhere_else)
{
    BOOST_TEST(join(std::vector<std::string>{}, ", ") == "");
    BOOST_TEST(join(std::vector<std::string>{"one"}, ", ") == "one");
    BOOST_TEST(join(std::vector<std::string_view>{"one", "two", "three"}, ", ") == "one, two, three");
    BOOST_TEST(join(std::vector<std::string>{"", "two", ""}, ":") == ":two:");
}

BOOST_AUTO_TEST_SUITE_END()

#include "web/issue_counts.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>

using namespace tokend;

namespace {

principal user(std::string_view organisation, std::string const& name)
{
    principal who;
    who.organisation = organisation;
    who.username = name;
    return who;
}

bool all(std::string_view) { return true; }

std::string pair(std::string_view organisation, std::string_view name)
{
    return std::string{organisation}.append(1, issue_counts::between).append(name);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(issue_counts_)

BOOST_AUTO_TEST_CASE(tokens_are_counted_by_user_and_network)
{
    using kind = issue_counts::kind;
    issue_counts counts;
    auto const client = ip_address::parse("192.0.2.7");
    for (int i = 0; i < 3; ++i)
        counts.add(user("ACME", "alice"), client);
    counts.add(user("ACME", "bob"), {});
    counts.add(user("OTHER", "alice"), client);
    BOOST_TEST(counts.rows(kind::user, all).size() == 3U);
    BOOST_TEST(counts.rows(kind::user, all).at(0).name == pair("ACME", "alice"));
    BOOST_TEST(counts.rows(kind::user, all).at(0).count == 3U);
    BOOST_TEST(counts.rows(kind::network, all).at(0).name == pair("ACME", "192.0.2.7/32"));
    BOOST_TEST(counts.rows(kind::network, all).at(0).count == 3U);
    BOOST_TEST(counts.rows(kind::network, all).size() == 3U);
    auto const seen = counts.rows(kind::user, [](std::string_view name) { return name.starts_with("OTHER"); });
    BOOST_TEST_REQUIRE(seen.size() == 1U);
    BOOST_TEST(seen[0].count == 1U);
}

BOOST_AUTO_TEST_CASE(the_most_frequent_users_of_very_many_are_there)
{
    issue_counts counts;
    for (int i = 0; i < 20'000; ++i)
    {
        counts.add(user("ACME", "user" + std::to_string(i)), {});
        if (i % 20 == 0)
            counts.add(user("ACME", "robot"), {});
    }
    auto const rows = counts.rows(issue_counts::kind::user, all);
    BOOST_TEST(rows.size() <= 16U * 256U);
    BOOST_TEST(rows.at(0).name == pair("ACME", "robot"));
    BOOST_TEST(rows.at(0).count >= 1000U);
    BOOST_TEST(rows.at(0).count - rows.at(0).error <= 1000U);
}

BOOST_AUTO_TEST_SUITE_END()

#include "credential/backend.hpp"

#include "tokend/plugin.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <string>
#include <vector>

using namespace tokend;

namespace {

struct fixture
{
    std::string username = "alice";
    std::vector<tokend_string> units;
    std::vector<tokend_string> groups;
    tokend_answer answer{};

    fixture()
    {
        answer.size = sizeof answer;
        answer.verdict = TOKEND_ACCEPT;
    }
    verdict read()
    {
        answer.username = plugin::view(username);
        answer.units = units.data();
        answer.unit_count = units.size();
        answer.groups = groups.data();
        answer.group_count = groups.size();
        return read_answer(&answer);
    }
    std::string trouble()
    {
        auto const v = read();
        BOOST_TEST((v.outcome == outcome::unavailable));
        BOOST_TEST(v.who.username.empty());
        return v.reason;
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(answer_, fixture)

BOOST_AUTO_TEST_CASE(each_verdict_of_the_abi_is_one_outcome)
{
    using enum outcome;
    std::array const outcomes{accept, bad_secret, no_such_user, not_mine, locked, disabled, expired, unavailable};
    for (std::uint32_t i = 0; i < outcomes.size(); ++i)
    {
        answer.verdict = TOKEND_ACCEPT + i;
        answer.reason = plugin::view("why");
        BOOST_TEST((read().outcome == outcomes[i]));
        BOOST_TEST(read().reason == "why");
    }
    for (auto const no_verdict : {0U, TOKEND_UNAVAILABLE + 1U, ~0U})
    {
        answer.verdict = no_verdict;
        BOOST_TEST(trouble() == "the plugin gave no verdict: " + std::to_string(no_verdict));
    }
}

BOOST_AUTO_TEST_CASE(an_answer_that_is_not_there_or_too_short_is_an_outage)
{
    BOOST_TEST((read_answer(nullptr).outcome == outcome::unavailable));
    answer.size = TOKEND_ANSWER_MIN_SIZE - 1;
    BOOST_TEST(trouble() == "the plugin's answer is shorter than its ABI says");
}

// A plugin of an older ABI has none, and none is read without bound.
BOOST_AUTO_TEST_CASE(steps_are_copied_if_the_answer_has_them)
{
    std::string const longest(2000, 's');
    std::vector<tokend_string> told{plugin::view("one"), plugin::view("\xff"), plugin::view("a\nb"),
                                    plugin::view(longest)};
    answer.verdict = TOKEND_LOCKED;
    answer.steps = told.data();
    answer.step_count = told.size();
    BOOST_TEST(read().steps == (std::vector<std::string>{"one", std::string(1024, 's')}),
               boost::test_tools::per_element());
    told.assign(100, plugin::view("step"));
    answer.steps = told.data();
    answer.step_count = told.size();
    BOOST_TEST(read().steps.size() == 64U);
    answer.size = TOKEND_ANSWER_MIN_SIZE;
    BOOST_TEST(read().steps.empty());
}

BOOST_AUTO_TEST_CASE(an_accepted_user_is_copied)
{
    units = {plugin::view("north"), plugin::view("south")};
    groups = {plugin::view("admins")};
    answer.subject_id = plugin::view("17");
    answer.default_unit = plugin::view("south");
    answer.not_after = -1;
    answer.flags = TOKEND_ANSWER_API_KEY;
    auto const v = read();
    username.assign(5, 'x');
    BOOST_TEST(v.who.username == "alice");
    BOOST_TEST(v.who.subject_id == "17");
    BOOST_TEST(v.who.units == (std::vector<std::string>{"north", "south"}), boost::test_tools::per_element());
    BOOST_TEST(v.who.groups == (std::vector<std::string>{"admins"}), boost::test_tools::per_element());
    BOOST_TEST(v.who.default_unit == "south");
    BOOST_TEST(v.who.not_after == -1);
    BOOST_TEST(v.who.api_key);
}

BOOST_AUTO_TEST_CASE(nothing_is_read_of_a_user_who_is_not_accepted)
{
    answer.verdict = TOKEND_LOCKED;
    auto const v = read();
    BOOST_TEST((v.outcome == outcome::locked));
    BOOST_TEST(v.who.username.empty());
}

BOOST_AUTO_TEST_CASE(a_user_needs_a_name_of_printable_utf_8)
{
    for (auto const* bad : {"a\nb", "a\x7f", "\xff", "\xed\xa0\x80"})
    {
        username = bad;
        BOOST_TEST(trouble() == "the plugin's principal holds control characters or is no UTF-8");
    }
    username = "";
    BOOST_TEST(trouble() == "the plugin accepted without a user name");
    username = "alice";
    groups = {plugin::view("a\tb")};
    BOOST_TEST(trouble() == "the plugin's principal holds control characters or is no UTF-8");
}

BOOST_AUTO_TEST_CASE(a_principal_of_more_than_8_kib_is_refused_whole)
{
    std::string const large(8192 - 5 - 2, 'g');
    groups = {plugin::view(large)};
    BOOST_TEST((read().outcome == outcome::accept));
    username = "alice2";
    BOOST_TEST(trouble() == "the plugin's principal takes more than 8192 bytes");
    username = "alice";
    groups = std::vector<tokend_string>(5000, plugin::view(""));
    BOOST_TEST(trouble() == "the plugin's principal takes more than 8192 bytes");
}

BOOST_AUTO_TEST_CASE(sizes_that_wrap_around_are_too_large)
{
    auto const refused = "the plugin's principal takes more than 8192 bytes";
    answer.subject_id = {"id", ~std::size_t{0}};
    BOOST_TEST(trouble() == refused);
    answer.subject_id = {};
    groups = {plugin::view("g"), {"h", ~std::size_t{0} - 2}};
    BOOST_TEST(trouble() == refused);
}

BOOST_AUTO_TEST_CASE(a_long_reason_is_cut)
{
    std::string const reason(600, 'r');
    answer.verdict = TOKEND_UNAVAILABLE;
    answer.reason = plugin::view(reason);
    BOOST_TEST(read().reason == reason.substr(0, 512));
}

BOOST_AUTO_TEST_SUITE_END()

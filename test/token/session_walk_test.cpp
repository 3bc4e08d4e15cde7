#include "token/session_walk.hpp"

#include "token/sessions.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <map>
#include <string>
#include <thread>
#include <vector>

using namespace tokend;
using namespace std::chrono_literals;

namespace {

constexpr timestamp noon{std::chrono::seconds{1'800'000'000}};
constexpr lifetime_rules fixed{lifetime_policy::fixed, 1h, 12h};
constexpr auto all_organisations = [](principal_view const&, token_times const&) { return true; };

struct crowd
{
    table kept{{.capacity = 10'000}};
    sessions all{kept};
    entropy random{};

    issued_token issue(std::string const& organisation, std::string const& name, timestamp now = noon,
                       std::string const& address = "192.0.2.7")
    {
        principal who;
        who.organisation = organisation;
        who.backend = "staff";
        who.username = name;
        who.unit = "north";
        who.units = {"north", "south"};
        who.client_address = address;
        return all.issue(who, fixed, now, random).value();
    }
    // How often each accessor is met, in slices of that size.
    std::map<std::string, int> met(session_terms const& terms, std::size_t slice = 1000, timestamp now = noon)
    {
        std::map<std::string, int> found;
        std::size_t position = 0;
        for (bool more = true; more;)
        {
            auto const walk = all.walk(terms, all_organisations, position);
            auto left = slice;
            while (walk->next(now, left))
                ++found[std::string{walk->accessor().view()}];
            BOOST_TEST((left == 0 || walk->at_end()));
            position = walk->position();
            more = !walk->at_end();
        }
        return found;
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(session_walk_, crowd)

BOOST_AUTO_TEST_CASE(every_live_session_is_met_once_whatever_the_slices_are)
{
    for (int i = 0; i < 100; ++i)
        issue(i % 2 == 0 ? "ACME" : "CRM", "user" + std::to_string(i % 7));
    for (std::size_t const slice : {1U, 17U, 250U, 100'000U})
    {
        auto const found = met({}, slice);
        BOOST_TEST(found.size() == 100U);
        for (auto const& [accessor, times] : found)
            BOOST_TEST(times == 1);
    }
}

BOOST_AUTO_TEST_CASE(all_terms_must_hold)
{
    issue("ACME", "anna");
    issue("ACME", "bert", noon + 5s);
    issue("CRM", "anna", noon, "2001:db8::1");
    issue("CRM", "anna", noon, "unix");
    auto const count = [&](session_terms const& terms) { return met(terms, 1000, noon + 6s).size(); };
    BOOST_TEST(count({}) == 4U);
    BOOST_TEST(count({.of = {.organisation = "acme"}}) == 2U);
    BOOST_TEST(count({.of = {.organisation = "ACME", .username = "anna"}}) == 1U);
    BOOST_TEST(count({.issued_before = whole_seconds(noon + 5s)}) == 3U);
    BOOST_TEST(count({.client = network::parse("192.0.2.0/24")}) == 2U);
    BOOST_TEST(count({.client = network::parse("2001:db8::/32")}) == 1U);
    BOOST_TEST(count({.of = {.username = "bert"}, .issued_before = whole_seconds(noon)}) == 0U);
}

BOOST_AUTO_TEST_CASE(only_what_is_allowed_is_met)
{
    issue("ACME", "anna");
    issue("CRM", "anna");
    auto const walk =
        all.walk({}, [](principal_view const& who, token_times const&) { return who.organisation == "CRM"; });
    std::size_t slots = walk->size();
    BOOST_TEST(walk->next(noon, slots));
    BOOST_TEST(walk->who().organisation == "CRM");
    BOOST_TEST(walk->client_address() == "192.0.2.7");
    BOOST_TEST((walk->issued_at() == whole_seconds(noon) && walk->expires_at() == whole_seconds(noon + 1h)));
    BOOST_TEST(!walk->next(noon, slots));
    BOOST_TEST(walk->at_end());
}

BOOST_AUTO_TEST_CASE(sessions_that_have_ended_or_expired_are_not_met)
{
    auto const released = issue("ACME", "anna");
    issue("ACME", "bert");
    all.release(released.token.reveal(), noon);
    BOOST_TEST(met({}).size() == 1U);
    BOOST_TEST(met({}, 1000, noon + 1h).empty());
}

BOOST_AUTO_TEST_CASE(a_walk_from_behind_the_end_meets_nothing)
{
    issue("ACME", "anna");
    auto const walk = all.walk({}, all_organisations, 1'000'000'000);
    std::size_t slots = 10;
    BOOST_TEST(!walk->next(noon, slots));
    BOOST_TEST((slots == 10U && walk->at_end()));
}

BOOST_AUTO_TEST_CASE(sessions_that_live_throughout_are_met_once_while_others_come_and_go)
{
    std::vector<std::string> steady;
    for (int i = 0; i < 500; ++i)
        steady.emplace_back(issue("ACME", "steady" + std::to_string(i)).accessor.view());
    std::atomic<bool> stop{false};
    std::vector<std::jthread> others;
    for (int t = 0; t < 2; ++t)
        others.emplace_back([&, t] {
            sessions mine{kept};
            entropy own;
            principal who;
            who.organisation = "CRM";
            who.backend = "staff";
            who.unit = "north";
            who.units = {"north"};
            for (int i = 0; !stop; ++i)
            {
                who.username = "brief" + std::to_string(t) + '.' + std::to_string(i % 50);
                auto const issued = mine.issue(who, fixed, noon, own);
                if (issued)
                    mine.release(issued->token.reveal(), noon);
            }
        });
    for (int round = 0; round < 20; ++round)
    {
        auto const found = met({}, 100);
        for (auto const& accessor : steady)
        {
            auto const one = found.find(accessor);
            BOOST_TEST_REQUIRE((one != found.end() && one->second == 1));
        }
    }
    stop = true;
}

BOOST_AUTO_TEST_SUITE_END()

#include "base/text.hpp"
#include "token/sessions.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

using namespace tokend;
using namespace std::chrono_literals;

namespace {

constexpr timestamp noon{std::chrono::seconds{1'800'000'000}};
constexpr lifetime_rules fixed{lifetime_policy::fixed, 1h, 12h};

struct crowd
{
    table kept{{.capacity = 10'000}};
    sessions all{kept};
    entropy random;
    inspection seen;

    issued_token issue(principal const& who, timestamp now = noon)
    {
        return all.issue(who, fixed, now, random).value();
    }
    issued_token issue(std::string const& organisation, std::string const& name, std::string const& unit = "north",
                       timestamp now = noon, std::string const& backend = "staff")
    {
        principal who;
        who.organisation = organisation;
        who.backend = backend;
        who.username = name;
        who.unit = unit;
        who.units = {"north", "south"};
        who.client_address = "192.0.2.7";
        return issue(who, now);
    }
    std::string listed(session_filter const& filter, std::size_t limit = 100, timestamp now = noon)
    {
        std::string text;
        for (auto const& one : all.list(filter, limit, now))
            text.append(one.who.username).append("/").append(one.who.unit).append(" ");
        return text;
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(session_list_, crowd)

BOOST_AUTO_TEST_CASE(a_listing_tells_of_each_token_all_but_the_token)
{
    auto const issued = issue("ACME", "alice", "south", noon + 5s);
    auto const found =
        all.list({.organisation = "acme", .username = "ALICE", .unit = {}, .backend = {}}, 10, noon + 6s);
    BOOST_REQUIRE(found.size() == 1U);
    BOOST_TEST((found[0].accessor == issued.accessor));
    BOOST_TEST((found[0].issued_at == issued.issued_at));
    BOOST_TEST((found[0].expires_at == issued.expires_at));
    BOOST_TEST(found[0].who.username == "alice");
    BOOST_TEST(found[0].who.unit == "south");
    BOOST_TEST(found[0].who.client_address == "192.0.2.7");
}

BOOST_AUTO_TEST_CASE(a_listing_is_oldest_first_over_all_principals_and_ends_at_its_limit)
{
    issue("ACME", "alice", "south", noon + 3s);
    issue("ACME", "alice", "north", noon + 1s);
    issue("ACME", "bob", "north", noon + 2s);
    issue("ACME", "alice", "south", noon + 4s);
    session_filter const everybody{.organisation = "ACME", .username = {}, .unit = {}, .backend = {}};
    BOOST_TEST(listed(everybody, 100, noon + 5s) == "alice/north bob/north alice/south alice/south ");
    BOOST_TEST(listed(everybody, 2, noon + 5s) == "alice/north bob/north ");
    BOOST_TEST(listed(everybody, 0, noon + 5s) == "");
}

BOOST_AUTO_TEST_CASE(each_member_of_a_filter_narrows_it)
{
    issue("ACME", "alice", "north");
    issue("ACME", "alice", "south");
    issue("ACME", "alice", "north", noon, "partners");
    issue("ACME", "bob", "north");
    issue("OTHER", "alice", "north");
    auto const count = [&](session_filter const& f) { return all.count(f, noon); };
    BOOST_TEST(count({}) == 5U);
    BOOST_TEST(count({.organisation = "Acme", .username = {}, .unit = {}, .backend = {}}) == 4U);
    BOOST_TEST(count({.organisation = {}, .username = " alice", .unit = {}, .backend = {}}) == 4U);
    BOOST_TEST(count({.organisation = {}, .username = {}, .unit = "south", .backend = {}}) == 1U);
    BOOST_TEST(count({.organisation = {}, .username = {}, .unit = {}, .backend = "partners"}) == 1U);
    BOOST_TEST(count({.organisation = "ACME", .username = "alice", .unit = {}, .backend = {}}) == 3U);
    BOOST_TEST(count({.organisation = "ACME", .username = "alice", .unit = "north", .backend = "staff"}) == 1U);
    BOOST_TEST(count({.organisation = "ACME", .username = "alic", .unit = {}, .backend = {}}) == 0U);
}

BOOST_AUTO_TEST_CASE(expired_and_released_tokens_are_not_listed)
{
    auto const first = issue("ACME", "alice");
    issue("ACME", "alice", "south", noon + 10s);
    all.release(first.token.reveal(), noon + 20s);
    BOOST_TEST(listed({}, 10, noon + 20s) == "alice/south ");
    BOOST_TEST(all.count({}, noon + 10s + 1h) == 0U);
}

BOOST_AUTO_TEST_CASE(releasing_all_spares_the_one_that_asks_and_other_people)
{
    for (int i = 0; i < 1000; ++i)
    {
        issue("ACME", "alice", i % 2 == 0 ? "north" : "south");
        issue("ACME", "bob");
    }
    auto const asking = issue("ACME", "alice");
    BOOST_REQUIRE(all.inspect(asking.token.reveal(), noon, seen));
    BOOST_TEST(all.release_all(session_filter::owner(seen.principal), noon, &seen) == 1000U);
    BOOST_TEST(all.inspect(asking.token.reveal(), noon, seen));
    BOOST_TEST(all.count(session_filter::owner(seen.principal), noon) == 1U);
    BOOST_TEST(kept.size() == 1001U);
    BOOST_TEST(all.release_all({.organisation = {}, .username = {}, .unit = {}, .backend = "staff"}, noon) == 1001U);
    BOOST_TEST(kept.size() == 0U);
    BOOST_TEST(kept.census().records == 0U);
}

BOOST_AUTO_TEST_CASE(an_accessor_releases_a_token_of_its_own_owner_alone)
{
    auto const mine = issue("ACME", "alice");
    auto const other_unit = issue("ACME", "alice", "south");
    auto const other_backend = issue("ACME", "alice", "north", noon, "partners");
    auto const bobs = issue("ACME", "bob");
    BOOST_REQUIRE(all.inspect(mine.token.reveal(), noon, seen));
    BOOST_TEST(!all.release_session(seen, bobs.accessor.view(), noon));
    BOOST_TEST(!all.release_session(seen, other_backend.accessor.view(), noon));
    BOOST_TEST(!all.release_session(seen, "no accessor", noon));
    BOOST_TEST(all.release_session(seen, other_unit.accessor.view(), noon));
    BOOST_TEST(!all.release_session(seen, other_unit.accessor.view(), noon));
    BOOST_TEST(all.release_session(seen, mine.accessor.view(), noon));
    BOOST_TEST(kept.size() == 2U);
}

BOOST_AUTO_TEST_CASE(a_switch_of_unit_keeps_the_address)
{
    auto const old = issue("ACME", "alice");
    BOOST_REQUIRE(all.inspect(old.token.reveal(), noon, seen));
    BOOST_REQUIRE(all.switch_unit(seen, "south", noon, random));
    auto const found = all.list({}, 10, noon);
    BOOST_REQUIRE(found.size() == 1U);
    BOOST_TEST(found[0].who.unit == "south");
    BOOST_TEST(found[0].who.client_address == "192.0.2.7");
}

BOOST_AUTO_TEST_SUITE_END()

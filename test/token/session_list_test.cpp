#include "base/text.hpp"
#include "token/sessions.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <memory>
#include <optional>
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
    // A page, found so many tokens at a time.
    std::unique_ptr<session_page> page(session_choice const& which, std::size_t limit = 100,
                                       std::optional<session_place> behind = {}, timestamp now = noon,
                                       std::size_t slice = 3)
    {
        auto found = all.begin_page(which, behind, limit, now);
        while (found->look(slice))
            ;
        return found;
    }
    std::string listed(session_choice const& which, std::size_t limit = 100, timestamp now = noon)
    {
        std::string text;
        auto const found = page(which, limit, {}, now);
        for (auto const& one : found->sessions())
            text.append(one.unit).append(" ");
        return text;
    }
    session_owner owner_of(issued_token const& token, timestamp now = noon)
    {
        BOOST_REQUIRE(all.inspect(token.token.reveal(), now, seen));
        return session_owner::of(seen.principal);
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(session_list_, crowd)

BOOST_AUTO_TEST_CASE(a_listing_tells_of_each_token_all_but_the_token)
{
    auto const issued = issue("ACME", "alice", "south", noon + 5s);
    auto const found = page(owner_of(issued, noon + 6s), 10, {}, noon + 6s);
    BOOST_REQUIRE(found->sessions().size() == 1U);
    auto const& one = found->sessions().front();
    BOOST_TEST((one.accessor() == issued.accessor));
    BOOST_TEST((one.place.issued_at == issued.issued_at));
    BOOST_TEST((one.expires_at == issued.expires_at));
    BOOST_TEST(one.unit == "south");
    BOOST_TEST(one.client_address == "192.0.2.7");
    BOOST_TEST(!found->end());
}

BOOST_AUTO_TEST_CASE(a_listing_is_oldest_first_over_all_principals_of_the_owner_and_ends_at_its_limit)
{
    issue("ACME", "alice", "third", noon + 3s);
    issue("ACME", "alice", "first", noon + 1s);
    issue("ACME", "alice", "second", noon + 2s);
    issue("ACME", "bob", "other", noon + 1s);
    auto const hers = owner_of(issue("ACME", "alice", "fourth", noon + 4s), noon + 5s);
    BOOST_TEST(listed(hers, 100, noon + 5s) == "first second third fourth ");
    BOOST_TEST(listed(hers, 2, noon + 5s) == "first second ");
}

// Two hundred sessions of a few seconds, in pages, while every other one ends and new ones are issued.
BOOST_AUTO_TEST_CASE(pages_show_every_session_that_lives_through_them_once)
{
    std::vector<issued_token> lasting;
    std::vector<issued_token> brief;
    for (int i = 0; i < 200; ++i)
        (i % 2 == 0 ? lasting : brief)
            .push_back(issue("ACME", "alice", i % 3 == 0 ? "north" : "south", noon + std::chrono::seconds{i / 40}));
    auto const now = noon + 5s;
    auto const hers = owner_of(lasting.front(), now);
    std::vector<std::string> shown;
    std::optional<session_place> behind;
    std::size_t pages = 0;
    do
    {
        auto const one = page(hers, 7, behind, now);
        BOOST_TEST_REQUIRE(one->sessions().size() <= 7U);
        for (auto const& each : one->sessions())
            shown.emplace_back(each.accessor().view());
        if (!brief.empty())
        {
            all.release(brief.back().token.reveal(), now);
            brief.pop_back();
        }
        issue("ACME", "alice", "north", now);
        behind = one->end() ? parse_cursor(write_cursor(*one->end())) : std::nullopt;
        BOOST_TEST_REQUIRE(behind.has_value() == one->end().has_value());
    } while (behind && ++pages < 1000);
    BOOST_TEST(pages > 15U);
    auto sorted = shown;
    std::ranges::sort(sorted);
    BOOST_TEST((std::ranges::adjacent_find(sorted) == sorted.end()));
    for (auto const& token : lasting)
        BOOST_TEST(std::ranges::binary_search(sorted, token.accessor.view()));
}

// A switch of the unit keeps the time of issue, so the new token is old among younger ones of its principal.
BOOST_AUTO_TEST_CASE(a_token_of_a_switched_unit_stands_where_its_time_of_issue_says)
{
    auto const old = issue("ACME", "alice", "north", noon);
    issue("ACME", "alice", "south", noon + 1s);
    issue("ACME", "alice", "south", noon + 2s);
    BOOST_REQUIRE(all.inspect(old.token.reveal(), noon + 3s, seen));
    auto const switched = all.switch_unit(seen, "south", noon + 3s, random).value();
    auto const first = page(owner_of(switched, noon + 3s), 1, {}, noon + 3s);
    BOOST_REQUIRE(first->sessions().size() == 1U);
    BOOST_TEST((first->sessions().front().accessor() == switched.accessor));
}

BOOST_AUTO_TEST_CASE(a_page_that_ends_with_the_last_session_is_the_last)
{
    for (int i = 0; i < 4; ++i)
        issue("ACME", "alice");
    auto const hers = owner_of(issue("ACME", "alice"));
    BOOST_TEST(!page(hers, 5)->end());
    auto const first = page(hers, 4);
    BOOST_REQUIRE(first->end().has_value());
    BOOST_TEST(page(hers, 4, first->end())->sessions().size() == 1U);
    BOOST_TEST(!page(hers, 4, first->end())->end());
}

BOOST_AUTO_TEST_CASE(a_cursor_is_read_as_it_was_written_and_nothing_else_is_one)
{
    session_place const place{whole_seconds(noon), digest(token_bits{})};
    auto const text = write_cursor(place);
    auto const read = parse_cursor(text);
    BOOST_REQUIRE(read.has_value());
    BOOST_TEST((read->issued_at == place.issued_at));
    BOOST_TEST((read->key == place.key));
    for (auto const& bad : {std::string{}, std::string{"x"}, text + "A", text.substr(1 + text.find('.')), "0" + text,
                            "-" + text, " " + text, text.substr(0, text.size() - 1), "12345678901." + text.substr(11)})
        BOOST_TEST(!parse_cursor(bad), bad);
}

// Spelling is the backend's: a users file may have both.
BOOST_AUTO_TEST_CASE(names_that_differ_in_case_or_blanks_are_different_owners)
{
    auto const alice = issue("ACME", "alice");
    auto const shouted = issue("ACME", "ALICE");
    auto const padded = issue("ACME", "alice ");
    auto const other_spelling = issue("Acme", "alice");  // of the organisation
    BOOST_TEST(all.count(owner_of(alice), noon) == 2U);
    BOOST_TEST(all.count(owner_of(shouted), noon) == 1U);
    BOOST_REQUIRE(all.inspect(alice.token.reveal(), noon, seen));
    BOOST_TEST(!all.release_session(seen, shouted.accessor.view(), noon));
    BOOST_TEST(!all.release_session(seen, padded.accessor.view(), noon));
    BOOST_TEST(all.release_session(seen, other_spelling.accessor.view(), noon));
    BOOST_TEST(all.release_all(owner_of(shouted), noon) == 1U);
    BOOST_TEST(all.inspect(alice.token.reveal(), noon, seen));
}

BOOST_AUTO_TEST_CASE(a_subject_id_decides_alone_and_is_no_username)
{
    principal who;
    who.organisation = "ACME";
    who.backend = "corp";
    who.username = "alice";
    who.subject_id = "id-1";
    auto const before = issue(who);
    who.username = "alice.married";
    issue(who);
    who.username = "alice";
    who.subject_id = "id-2";
    issue(who);
    who.username = "id-1";
    who.subject_id = "";
    issue(who);
    BOOST_TEST(all.count(owner_of(before), noon) == 2U);
    BOOST_TEST(session_identity(owner_of(before)) != session_identity(who));
}

BOOST_AUTO_TEST_CASE(an_owner_walk_meets_every_owner_at_its_backend)
{
    for (int i = 0; i < 300; ++i)
        for (auto const backend : {"staff", "partners"})
            issue("ACME", "user-" + std::to_string(i), i % 2 == 0 ? "north" : "south", noon, backend);
    issue("ACME", "user-1", "north");
    auto const walk = all.owners_at("staff", noon);
    std::vector<std::string> met;
    for (auto some = walk->next(); !some.empty(); some = walk->next())
        for (auto const& owner : some)
        {
            BOOST_TEST(owner.backend == "staff");
            met.push_back(owner.username);
        }
    std::ranges::sort(met);
    met.erase(std::unique(met.begin(), met.end()), met.end());
    BOOST_TEST(met.size() == 300U);
}

BOOST_AUTO_TEST_CASE(each_member_of_a_filter_narrows_it)
{
    issue("ACME", "alice", "north");
    issue("ACME", "alice", "south");
    issue("ACME", "alice", "north", noon, "partners");
    issue("ACME", "bob", "north");
    issue("OTHER", "alice", "north");
    auto const count = [&](session_filter const& f) { return all.count(f, noon); };
    BOOST_TEST(count(session_filter{}) == 5U);
    BOOST_TEST(count({.organisation = "Acme", .username = {}, .unit = {}, .backend = {}}) == 4U);
    BOOST_TEST(count({.organisation = {}, .username = "alice", .unit = {}, .backend = {}}) == 4U);
    BOOST_TEST(count({.organisation = {}, .username = "Alice", .unit = {}, .backend = {}}) == 0U);
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
    BOOST_TEST(listed(session_filter{}, 10, noon + 20s) == "south ");
    BOOST_TEST(all.count(session_filter{}, noon + 10s + 1h) == 0U);
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
    BOOST_TEST(all.release_all(session_owner::of(seen.principal), noon, &seen.accessor) == 1000U);
    BOOST_TEST(all.inspect(asking.token.reveal(), noon, seen));
    BOOST_TEST(all.count(session_owner::of(seen.principal), noon) == 1U);
    BOOST_TEST(kept.size() == 1001U);
    BOOST_TEST(all.release_all(session_filter{.backend = "staff"}, noon) == 1001U);
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
    auto const found = page(session_filter{});
    BOOST_REQUIRE(found->sessions().size() == 1U);
    BOOST_TEST(found->sessions().front().unit == "south");
    BOOST_TEST(found->sessions().front().client_address == "192.0.2.7");
}

BOOST_AUTO_TEST_SUITE_END()

// When a principal is due to be checked again, and who has the claim.
#include "token/sessions.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

using namespace tokend;
using namespace std::chrono_literals;

namespace {

constexpr timestamp noon{std::chrono::seconds{1'800'000'000}};
constexpr lifetime_rules a_day{lifetime_policy::fixed, 24h, 24h};
constexpr recheck_rules rules{.interval = 300s, .retry = 30s};

struct checked
{
    table kept{{.capacity = 1'000}};
    sessions all{kept};
    entropy random;

    issued_token issue(std::string const& name, std::string const& unit = "north", timestamp now = noon)
    {
        principal who;
        who.organisation = "ACME";
        who.backend = "corp";
        who.username = name;
        who.unit = unit;
        who.units = {"north", "south"};
        return all.issue(who, a_day, now, random).value();
    }
    std::optional<check_claim> use(issued_token const& token, timestamp now, recheck_rules const& how = rules)
    {
        inspection seen;
        BOOST_REQUIRE(all.inspect(token.token.reveal(), now, seen));
        return all.claim_check(seen, how, now);
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(recheck_, checked)

BOOST_AUTO_TEST_CASE(a_principal_is_due_when_its_login_is_an_interval_ago_and_one_has_the_claim)
{
    auto const first = issue("alice");
    auto const second = issue("alice");
    BOOST_TEST(!use(first, noon + 299s));
    BOOST_TEST(use(first, noon + 300s).has_value());
    BOOST_TEST(!use(first, noon + 300s));
    BOOST_TEST(!use(second, noon + 329s));  // of the same principal: one check is enough
}

BOOST_AUTO_TEST_CASE(an_unsettled_claim_is_given_again_after_the_retry_time)
{
    auto const token = issue("alice");
    BOOST_TEST(use(token, noon + 300s).has_value());
    BOOST_TEST(!use(token, noon + 329s));
    BOOST_TEST(use(token, noon + 330s).has_value());
    BOOST_TEST(use(token, noon + 360s).has_value());
}

BOOST_AUTO_TEST_CASE(a_settled_claim_is_good_for_an_interval)
{
    auto const token = issue("alice");
    auto const claim = use(token, noon + 1000s);
    BOOST_REQUIRE(claim.has_value());
    all.settle_check(*claim, noon + 1002s);
    BOOST_TEST(!use(token, noon + 1301s));
    BOOST_TEST(use(token, noon + 1302s).has_value());
}

BOOST_AUTO_TEST_CASE(a_claim_that_is_settled_late_takes_nothing_back)
{
    auto const token = issue("alice");
    auto const late = use(token, noon + 300s);
    auto const next = use(token, noon + 330s);
    BOOST_REQUIRE((late && next));
    all.settle_check(*next, noon + 331s);
    all.settle_check(*late, noon + 301s);
    BOOST_TEST(!use(token, noon + 630s));
    BOOST_TEST(use(token, noon + 631s).has_value());
}

BOOST_AUTO_TEST_CASE(a_login_counts_as_a_check_of_the_same_principal_alone)
{
    auto const token = issue("alice");
    auto const other_unit = issue("alice", "south");
    auto const bob = issue("bob");
    issue("alice", "north", noon + 200s);
    BOOST_TEST(!use(token, noon + 499s));
    BOOST_TEST(use(other_unit, noon + 499s).has_value());
    BOOST_TEST(use(bob, noon + 499s).has_value());
    BOOST_TEST(use(token, noon + 500s).has_value());
}

// Otherwise a removed user would keep tokens by switching back and forth.
BOOST_AUTO_TEST_CASE(a_switch_of_the_unit_is_no_check)
{
    auto const token = issue("alice");
    inspection seen;
    BOOST_REQUIRE(all.inspect(token.token.reveal(), noon + 250s, seen));
    auto const switched = all.switch_unit(seen, "south", noon + 250s, random).value();
    BOOST_TEST(!use(switched, noon + 299s));
    BOOST_TEST(use(switched, noon + 300s).has_value());
}

BOOST_AUTO_TEST_CASE(without_an_interval_nobody_is_ever_due)
{
    auto const token = issue("alice");
    BOOST_TEST(!use(token, noon + 23h, {}));
}

BOOST_AUTO_TEST_CASE(a_principal_that_comes_back_begins_anew)
{
    auto const token = issue("alice");
    all.release(token.token.reveal(), noon + 1000s);
    auto const again = issue("alice", "north", noon + 1000s);  // the same block of the table
    BOOST_TEST(!use(again, noon + 1299s));
    BOOST_TEST(use(again, noon + 1300s).has_value());
}

BOOST_AUTO_TEST_CASE(of_many_threads_at_once_one_has_the_claim)
{
    auto const token = issue("alice");
    for (int round = 1; round <= 200; ++round)
    {
        auto const now = noon + round * 300s;
        std::atomic<int> claims{0};
        std::atomic<int> ready{0};
        std::vector<std::thread> users;
        for (int i = 0; i < 4; ++i)
            users.emplace_back([&] {
                inspection seen;
                all.inspect(token.token.reveal(), now, seen);
                ++ready;
                while (ready < 4)
                    std::this_thread::yield();
                claims += all.claim_check(seen, rules, now).has_value();
            });
        for (auto& u : users)
            u.join();
        BOOST_TEST(claims == 1);
    }
}

BOOST_AUTO_TEST_CASE(who_is_gone_is_told_by_the_stable_id_from_another_of_the_same_name)
{
    principal who;
    who.organisation = "ACME";
    who.backend = "corp";
    who.username = "alice";
    who.subject_id = "id-1";
    auto const old = all.issue(who, a_day, noon, random).value();
    who.subject_id = "id-2";
    auto const fresh = all.issue(who, a_day, noon, random).value();
    session_owner const gone{.organisation = "ACME", .backend = "corp", .username = "alice", .subject_id = "id-1"};
    BOOST_TEST(all.release_all(gone, noon) == 1U);
    inspection seen;
    BOOST_TEST(!all.inspect(old.token.reveal(), noon, seen));
    BOOST_TEST(all.inspect(fresh.token.reveal(), noon, seen));
}

BOOST_AUTO_TEST_CASE(tokens_are_released_in_slices)
{
    for (int i = 0; i < 25; ++i)
        issue("alice");
    session_owner const hers{.organisation = "ACME", .backend = "corp", .username = "alice"};
    BOOST_TEST(all.release_all(hers, noon, nullptr, 10) == 10U);
    BOOST_TEST(all.release_all(hers, noon, nullptr, 10) == 10U);
    BOOST_TEST(all.release_all(hers, noon, nullptr, 10) == 5U);
}

namespace {

struct granted : checked
{
    session_owner const alice{.organisation = "ACME", .backend = "corp", .username = "alice"};
    inspection seen;

    rights_change grant(granted_rights const& rights, std::size_t most = 1000, timestamp now = noon)
    {
        rights_change sum;
        for (int calls = 0; !all.grant_some(alice, rights, now, most, sum); ++calls)
            BOOST_REQUIRE(calls < 100);
        return sum;
    }
    bool is_live(issued_token const& token, timestamp now = noon)
    {
        return all.inspect(token.token.reveal(), now, seen);
    }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(what_is_granted_now_replaces_groups_and_units_of_all_tokens_of_the_user_alone, granted)
{
    std::vector<issued_token> hers;
    for (int i = 0; i < 25; ++i)
        hers.push_back(issue("alice", i % 2 == 0 ? "north" : "south"));
    auto const bobs = issue("bob");
    auto const change = grant({.units = {"south", "north", "west"}, .groups = {"admins"}}, 7);
    BOOST_TEST(change.changed == 25U);
    BOOST_TEST(change.ended == 0U);
    for (auto const& token : hers)
    {
        BOOST_REQUIRE(is_live(token));
        BOOST_TEST(seen.principal.groups.contains("admins"));
        BOOST_TEST(seen.principal.units.contains("west"));
        BOOST_TEST((seen.expires_at == token.expires_at));
    }
    BOOST_TEST(all.count(alice, noon) == 25U);
    BOOST_REQUIRE(is_live(bobs));
    BOOST_TEST(seen.principal.groups.empty());
    BOOST_TEST(grant({.units = {"south", "north", "west"}, .groups = {"admins"}}).changed == 0U);
}

BOOST_FIXTURE_TEST_CASE(tokens_of_a_unit_that_is_lost_end_and_nobody_returns_into_it, granted)
{
    auto const north = issue("alice", "north");
    auto const south = issue("alice", "south");
    auto const change = grant({.units = {"south"}, .groups = {}});
    BOOST_TEST(change.ended == 1U);
    BOOST_TEST(change.changed == 1U);
    BOOST_TEST(!is_live(north));
    BOOST_REQUIRE(is_live(south));
    BOOST_TEST((all.switch_unit(seen, "north", noon, random).error().code == code::unit_not_allowed));
}

BOOST_FIXTURE_TEST_CASE(tokens_end_at_a_new_end_of_their_credential_and_no_later, granted)
{
    auto const token = issue("alice");
    auto const end = whole_seconds(noon + 100s);
    grant({.units = {"north"}, .groups = {}, .not_after = end.time_since_epoch().count()});
    BOOST_REQUIRE(is_live(token, noon + 99s));
    BOOST_TEST((seen.expires_at == end));
    BOOST_TEST((seen.expires_in == 1s));
    BOOST_TEST(!is_live(token, noon + 100s));
    BOOST_TEST(all.count(alice, noon + 100s) == 0U);
}

BOOST_FIXTURE_TEST_CASE(a_user_whose_rights_have_changed_counts_as_checked, granted)
{
    auto const token = issue("alice");
    grant({.units = {"north"}, .groups = {"admins"}}, 1000, noon + 200s);
    BOOST_TEST(!use(token, noon + 499s));
    BOOST_TEST(use(token, noon + 500s).has_value());
}

BOOST_AUTO_TEST_SUITE_END()

#include "token/sessions.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

using namespace tokend;
using namespace std::chrono_literals;

namespace {

constexpr timestamp noon{std::chrono::seconds{1'800'000'000}};
constexpr lifetime_rules fixed{lifetime_policy::fixed, 1h, 12h};
constexpr lifetime_rules sliding{lifetime_policy::sliding, 1h, 12h};

principal user(std::string name, std::string unit = "north", std::string subject_id = {}, std::string backend = "staff",
               std::string organisation = "ACME")
{
    principal who;
    who.organisation = std::move(organisation);
    who.backend = std::move(backend);
    who.username = std::move(name);
    who.subject_id = std::move(subject_id);
    who.unit = std::move(unit);
    who.units = {"north", "south", "west"};
    return who;
}

struct limited
{
    table kept{{.capacity = 100}};
    sessions all{kept};
    entropy random;
    inspection seen;
    token_share share;
    token_limits limits{.share = &share, .max_sessions = 2};
    token_limits evicting{.share = &share, .max_sessions = 2, .policy = sessions_policy::evict_oldest};

    result<issued_token> issue(principal const& who, timestamp now = noon)
    {
        return all.issue(who, fixed, now, random, limits);
    }
    code code_of(principal const& who, timestamp now = noon)
    {
        auto const issued = issue(who, now);
        return issued ? code::ok : issued.error().code;
    }
    bool live(issued_token const& issued, timestamp now = noon)
    {
        return all.inspect(issued.token.reveal(), now, seen);
    }
};

}  // namespace

BOOST_TEST_DONT_PRINT_LOG_VALUE(code)

BOOST_FIXTURE_TEST_SUITE(session_limits_, limited)

BOOST_AUTO_TEST_CASE(a_user_is_one_name_of_a_backend_in_an_organisation_whatever_the_unit)
{
    BOOST_TEST(code_of(user("alice", "north")) == code::ok);
    BOOST_TEST(code_of(user("alice", "south")) == code::ok);
    BOOST_TEST(code_of(user("alice", "west")) == code::session_limit);
    auto in_other_case = user("alice");
    in_other_case.organisation = "acme";
    BOOST_TEST(code_of(in_other_case) == code::session_limit);
    BOOST_TEST(code_of(user("ALICE")) == code::ok);
    BOOST_TEST(code_of(user("alice", "north", {}, "devices")) == code::ok);
    token_share others;
    limits.share = &others;
    BOOST_TEST(code_of(user("alice", "north", {}, "staff", "OTHER")) == code::ok);
}

BOOST_AUTO_TEST_CASE(a_subject_id_names_the_user_under_any_name)
{
    BOOST_TEST(code_of(user("alice", "north", "S-1")) == code::ok);
    BOOST_TEST(code_of(user("alice.smith", "south", "S-1")) == code::ok);
    BOOST_TEST(code_of(user("alice", "north", "S-1")) == code::session_limit);
    BOOST_TEST(code_of(user("alice", "north", "S-2")) == code::ok);
}

BOOST_AUTO_TEST_CASE(a_refusal_says_why_in_the_log_alone)
{
    auto const first = issue(user("alice")).value();
    issue(user("alice")).value();
    auto const refused = issue(user("alice"));
    BOOST_REQUIRE(!refused);
    BOOST_TEST(refused.error().reason == "the user has max-sessions tokens");
    BOOST_TEST(refused.error().member.empty());
    limits.max_tokens = 2;
    auto const full = issue(user("bob"));
    BOOST_REQUIRE(!full);
    BOOST_TEST((full.error().code == code::token_store_full));
    BOOST_TEST(full.error().reason == "the organisation has max-tokens tokens");
    all.release(first.token.reveal(), noon);
    BOOST_TEST(code_of(user("bob")) == code::ok);
}

BOOST_AUTO_TEST_CASE(at_the_limit_the_oldest_session_ends_and_is_named)
{
    limits = evicting;
    auto const first = issue(user("alice", "south")).value();
    auto const second = issue(user("alice"), noon + 1s).value();
    BOOST_TEST(!second.evicted.has_value());
    auto const third = issue(user("alice", "west"), noon + 2s).value();
    BOOST_REQUIRE(third.evicted.has_value());
    BOOST_TEST(third.evicted->view() == first.accessor.view());
    BOOST_TEST(!live(first, noon + 2s));
    BOOST_TEST(live(second, noon + 2s));
    BOOST_TEST(live(third, noon + 2s));
}

BOOST_AUTO_TEST_CASE(a_switch_of_the_unit_works_at_both_limits)
{
    limits.max_tokens = 2;
    auto const first = issue(user("alice")).value();
    issue(user("alice")).value();
    BOOST_REQUIRE(live(first));
    for (auto const* const unit : {"south", "west", "north"})
    {
        auto const fresh = all.switch_unit(seen, unit, noon, random, &share).value();
        BOOST_TEST(!fresh.evicted.has_value());
        BOOST_REQUIRE(live(fresh));
        BOOST_TEST(share.taken() == 2U);
    }
    BOOST_TEST(code_of(user("alice", "south")) == code::session_limit);
    BOOST_TEST(!live(first));
}

BOOST_AUTO_TEST_CASE(a_switch_that_fails_leaves_no_token)
{
    auto const first = issue(user("alice")).value();
    BOOST_REQUIRE(live(first));
    all.release(first.token.reveal(), noon);
    auto const refused = all.switch_unit(seen, "south", noon, random, &share);
    BOOST_REQUIRE(!refused);
    BOOST_TEST((refused.error().code == code::invalid_token));
    BOOST_TEST(share.taken() == 0U);
    BOOST_TEST(kept.size() == 0U);
}

BOOST_AUTO_TEST_CASE(a_session_counts_until_the_second_of_its_end)
{
    issue(user("alice")).value();
    issue(user("alice", "south"), noon + 10s).value();
    BOOST_TEST(code_of(user("alice"), noon + 1h - 1s) == code::session_limit);
    BOOST_TEST(code_of(user("alice"), noon + 1h) == code::ok);
    BOOST_TEST(code_of(user("alice"), noon + 1h) == code::session_limit);
    BOOST_TEST(code_of(user("alice"), noon + 1h + 10s) == code::ok);
}

BOOST_AUTO_TEST_CASE(a_use_keeps_a_session_and_its_place)
{
    auto const first = all.issue(user("alice"), sliding, noon, random, limits).value();
    issue(user("alice"), noon + 10s).value();
    BOOST_REQUIRE(live(first));
    BOOST_TEST(all.renew(seen, sliding, noon + 30min));
    BOOST_TEST(code_of(user("alice"), noon + 1h) == code::session_limit);
    BOOST_TEST(code_of(user("alice"), noon + 1h + 10s) == code::ok);
    BOOST_TEST(code_of(user("alice"), noon + 1h + 29min) == code::session_limit);
    BOOST_TEST(code_of(user("alice"), noon + 1h + 30min) == code::ok);
}

BOOST_AUTO_TEST_CASE(a_recheck_that_finds_other_rights_changes_no_count)
{
    auto const north = issue(user("alice", "north")).value();
    issue(user("alice", "south")).value();
    session_owner const alice{.organisation = "ACME", .backend = "staff", .username = "alice"};
    rights_change sum;
    while (!all.grant_some(alice, {.units = {"north", "west"}, .groups = {"admins"}}, noon, 1, sum))
        ;
    BOOST_TEST(sum.changed == 1U);
    BOOST_TEST(sum.ended == 1U);
    BOOST_TEST(share.taken() == 1U);
    BOOST_TEST(live(north));
    BOOST_TEST(code_of(user("alice", "west")) == code::ok);
    BOOST_TEST(code_of(user("alice", "west")) == code::session_limit);
}

BOOST_AUTO_TEST_CASE(a_lower_limit_ends_nothing_and_refuses_until_it_is_kept)
{
    limits.max_sessions = 5;
    std::vector<issued_token> issued;
    for (int i = 0; i < 5; ++i)
        issued.push_back(issue(user("alice")).value());
    limits.max_sessions = 3;
    for (int i = 0; i < 3; ++i)
    {
        BOOST_TEST(code_of(user("alice")) == code::session_limit);
        BOOST_TEST(live(issued.back()));
        all.release(issued.back().token.reveal(), noon);
        issued.pop_back();
    }
    BOOST_TEST(code_of(user("alice")) == code::ok);
}

BOOST_AUTO_TEST_SUITE_END()

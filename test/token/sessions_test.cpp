#include "token/sessions.hpp"

#include <boost/test/unit_test.hpp>

#include <set>
#include <string>

using namespace tokend;
using namespace std::chrono_literals;

namespace {

constexpr std::int64_t noon_unix = 1'800'000'000;
constexpr timestamp noon{std::chrono::seconds{noon_unix}};
constexpr lifetime_rules fixed{lifetime_policy::fixed, 1h, 12h};
constexpr lifetime_rules sliding{lifetime_policy::sliding, 1h, 12h};

principal const alice{.organisation = "ACME",
                      .backend = "staff",
                      .username = "alice",
                      .subject_id = "S-1",
                      .unit = "north",
                      .units = {"north", "south"},
                      .groups = {"admins", "users"},
                      .not_after = 0};

// A store of 3 tokens, and what each worker has of its own.
struct store
{
    table kept{{.capacity = 3}};
    sessions all{kept};
    entropy random;
    inspection seen;

    issued_token issue(principal const& who = alice, lifetime_rules const& rules = fixed, timestamp now = noon)
    {
        return all.issue(who, rules, now, random).value();
    }
    bool live(issued_token const& issued, timestamp now = noon)
    {
        return all.inspect(issued.token.reveal(), now, seen);
    }
};

template <class T>
code code_of(result<T> const& answer)
{
    return answer ? code::ok : answer.error().code;
}

}  // namespace

BOOST_TEST_DONT_PRINT_LOG_VALUE(code)

BOOST_FIXTURE_TEST_SUITE(sessions_, store)

BOOST_AUTO_TEST_CASE(an_issued_token_tells_its_times_and_its_accessor)
{
    auto const issued = issue(alice, fixed, noon + 999ms);
    BOOST_TEST(parse_token(issued.token.reveal()).has_value());
    BOOST_TEST((parse_accessor(issued.accessor.view()) == digest(parse_token(issued.token.reveal()).value())));
    BOOST_TEST((issued.issued_at == whole_seconds(noon)));
    BOOST_TEST((issued.expires_at == whole_seconds(noon) + 1h));
    BOOST_TEST((issued.expires_in == 3600s));
}

BOOST_AUTO_TEST_CASE(an_inspection_tells_all_that_was_issued)
{
    auto const issued = issue();
    BOOST_REQUIRE(live(issued, noon + 10s + 900ms));
    BOOST_TEST(seen.principal.organisation == "ACME");
    BOOST_TEST(seen.principal.backend == "staff");
    BOOST_TEST(seen.principal.username == "alice");
    BOOST_TEST(seen.principal.subject_id == "S-1");
    BOOST_TEST(seen.principal.unit == "north");
    BOOST_TEST(seen.principal.groups.contains("users"));
    BOOST_TEST(seen.accessor.view() == issued.accessor.view());
    BOOST_TEST((seen.issued_at == issued.issued_at));
    BOOST_TEST((seen.expires_at == issued.expires_at));
    BOOST_TEST((seen.expires_in == 3590s));
}

BOOST_AUTO_TEST_CASE(a_token_is_read_in_either_case)
{
    std::string text{issue().token.reveal()};
    for (auto& c : text)
        c = static_cast<char>(std::tolower(c));
    BOOST_TEST(all.inspect(text, noon, seen));
}

BOOST_AUTO_TEST_CASE(a_token_lives_until_the_second_it_expires)
{
    auto const issued = issue(alice, fixed, noon + 500ms);
    BOOST_TEST(live(issued, noon + 1h - 1ns));
    BOOST_TEST(!live(issued, noon + 1h));
}

BOOST_AUTO_TEST_CASE(malformed_and_unknown_tokens_are_not_live)
{
    issue();
    BOOST_TEST(!all.inspect("", noon, seen));
    BOOST_TEST(!all.inspect("no token", noon, seen));
    BOOST_TEST(!all.inspect("00000000000000000000000000000000", noon, seen));
    BOOST_TEST(!all.release("no token", noon));
    BOOST_TEST(!all.release("00000000000000000000000000000000", noon));
}

BOOST_AUTO_TEST_CASE(an_accessor_authenticates_nobody)
{
    auto const issued = issue();
    BOOST_TEST(!all.inspect(issued.accessor.view(), noon, seen));
}

BOOST_AUTO_TEST_CASE(every_login_makes_a_new_token)
{
    auto const first = issue();
    auto const second = issue();
    BOOST_TEST(first.token.reveal() != second.token.reveal());
    BOOST_TEST(live(first));
    BOOST_TEST(live(second));
}

BOOST_AUTO_TEST_CASE(a_released_token_is_gone_at_once_and_its_siblings_stay)
{
    auto const first = issue();
    auto const second = issue();
    BOOST_TEST(all.release(first.token.reveal(), noon));
    BOOST_TEST(!live(first));
    BOOST_TEST(!all.release(first.token.reveal(), noon));
    BOOST_TEST(live(second));
}

BOOST_AUTO_TEST_CASE(a_token_never_outlives_its_credential)
{
    auto ending = alice;
    ending.not_after = noon_unix + 100;
    BOOST_TEST((issue(ending).expires_in == 100s));
    BOOST_TEST((code_of(all.issue(ending, fixed, noon + 99s, random)) == code::ok));
    auto const refused = all.issue(ending, fixed, noon + 100s, random);
    BOOST_REQUIRE(!refused);
    BOOST_TEST((refused.error().code == code::invalid_credentials));
    BOOST_TEST(!refused.error().reason.empty());
}

BOOST_AUTO_TEST_CASE(a_full_store_refuses_until_a_token_ends)
{
    auto const first = issue();
    issue();
    issue();
    BOOST_TEST((code_of(all.issue(alice, fixed, noon, random)) == code::token_store_full));
    all.release(first.token.reveal(), noon);
    BOOST_TEST((code_of(all.issue(alice, fixed, noon, random)) == code::ok));
    BOOST_TEST((code_of(all.issue(alice, fixed, noon + 1h - 1ns, random)) == code::token_store_full));
    BOOST_TEST((code_of(all.issue(alice, fixed, noon + 1h, random)) == code::ok));
}

BOOST_AUTO_TEST_CASE(what_cannot_be_kept_is_an_internal_error_with_a_reason)
{
    auto large = alice;
    large.groups.assign(100, std::string(100, 'g'));
    lifetime_rules const endless{lifetime_policy::fixed, max_token_lifetime + 1s, 12h};
    for (auto const& refused : {all.issue(large, fixed, noon, random), all.issue(alice, endless, noon, random)})
    {
        BOOST_REQUIRE(!refused);
        BOOST_TEST((refused.error().code == code::internal_error));
        BOOST_TEST(!refused.error().reason.empty());
    }
    lifetime_rules const longest{lifetime_policy::fixed, max_token_lifetime, 12h};
    BOOST_REQUIRE(live(issue(alice, longest), noon + max_token_lifetime - 1s));
    BOOST_TEST((seen.issued_at == whole_seconds(noon)));
}

BOOST_AUTO_TEST_CASE(a_renewal_is_granted_in_full_up_to_the_longest_lifetime)
{
    auto const issued = issue(alice, sliding);
    for (auto now = noon; now < noon + 11h; now += 59min)
    {
        BOOST_REQUIRE(live(issued, now));
        BOOST_REQUIRE(all.renew(seen, sliding, now));
        BOOST_TEST((seen.expires_in == 1h));
    }
    BOOST_REQUIRE(live(issued, noon + 11h + 30min));
    BOOST_TEST(all.renew(seen, sliding, noon + 11h + 30min));
    BOOST_TEST((seen.expires_at == whole_seconds(noon) + 12h));
    BOOST_TEST((seen.expires_in == 30min));
    BOOST_TEST(live(issued, noon + 12h - 1ns));
    BOOST_TEST(!live(issued, noon + 12h));
}

BOOST_AUTO_TEST_CASE(a_renewal_grants_even_a_second)
{
    auto const issued = issue(alice, sliding);
    BOOST_REQUIRE(live(issued, noon + 1s));
    BOOST_TEST(all.renew(seen, sliding, noon + 1s));
    BOOST_TEST((seen.expires_in == 1h));
    BOOST_TEST(live(issued, noon + 1h));
}

BOOST_AUTO_TEST_CASE(a_touch_is_written_above_a_sixteenth_of_the_lifetime)
{
    auto const issued = issue(alice, sliding);
    BOOST_REQUIRE(live(issued, noon + 225s));
    BOOST_TEST(all.touch(seen, sliding, noon + 225s));
    BOOST_TEST((seen.expires_at == issued.expires_at));
    BOOST_REQUIRE(live(issued, noon + 226s));
    BOOST_TEST(all.touch(seen, sliding, noon + 226s));
    BOOST_TEST((seen.expires_in == 1h));
    BOOST_REQUIRE(live(issued, noon + 226s));
    BOOST_TEST((seen.expires_at == issued.expires_at + 226s));
}

BOOST_AUTO_TEST_CASE(a_fixed_token_is_not_moved_by_its_use)
{
    auto const issued = issue();
    BOOST_REQUIRE(live(issued, noon + 30min));
    BOOST_TEST(all.touch(seen, fixed, noon + 30min));
    BOOST_TEST(all.renew(seen, fixed, noon + 30min));
    BOOST_TEST((seen.expires_at == issued.expires_at));
    BOOST_TEST(!live(issued, noon + 1h));
}

BOOST_AUTO_TEST_CASE(a_token_released_after_its_inspection_cannot_be_used)
{
    auto const issued = issue(alice, sliding);
    BOOST_REQUIRE(live(issued));
    all.release(issued.token.reveal(), noon);
    BOOST_TEST(!all.renew(seen, sliding, noon + 30min));
    BOOST_TEST(!all.touch(seen, sliding, noon + 30min));
    BOOST_TEST((code_of(all.switch_unit(seen, "south", noon, random)) == code::invalid_token));
    BOOST_TEST(kept.size() == 0U);
}

BOOST_AUTO_TEST_CASE(switching_the_unit_replaces_the_token_and_keeps_its_times)
{
    auto const old = issue(alice, sliding);
    BOOST_REQUIRE(live(old, noon + 10min));
    auto const fresh = all.switch_unit(seen, "south", noon + 10min, random).value();
    BOOST_TEST(fresh.token.reveal() != old.token.reveal());
    BOOST_TEST((fresh.issued_at == old.issued_at));
    BOOST_TEST((fresh.expires_at == old.expires_at));
    BOOST_TEST((fresh.expires_in == 50min));
    BOOST_TEST(!live(old, noon + 10min));
    BOOST_REQUIRE(live(fresh, noon + 10min));
    BOOST_TEST(seen.principal.unit == "south");
    BOOST_TEST(seen.principal.username == "alice");
    BOOST_TEST(seen.principal.units.contains("north"));
    BOOST_TEST(seen.principal.groups.contains("admins"));
    BOOST_TEST((seen.issued_at == old.issued_at));
    BOOST_TEST(kept.size() == 1U);
}

BOOST_AUTO_TEST_CASE(another_unit_than_the_principals_is_refused_and_the_token_stays)
{
    auto const issued = issue();
    BOOST_REQUIRE(live(issued));
    auto const refused = all.switch_unit(seen, "west", noon, random);
    BOOST_REQUIRE(!refused);
    BOOST_TEST((refused.error().code == code::unit_not_allowed));
    BOOST_TEST(refused.error().member == "unit");
    BOOST_TEST(live(issued));
}

BOOST_AUTO_TEST_CASE(a_full_store_has_room_for_a_switch)
{
    auto const issued = issue();
    issue();
    issue();
    BOOST_REQUIRE(live(issued));
    auto const fresh = all.switch_unit(seen, "south", noon, random).value();
    BOOST_TEST(!live(issued));
    BOOST_TEST(live(fresh));
    BOOST_TEST((code_of(all.switch_unit(seen, "north", noon + 1h, random)) == code::invalid_token));
    BOOST_TEST((code_of(all.issue(alice, fixed, noon, random)) == code::token_store_full));
    BOOST_TEST(kept.size() == 3U);
}

BOOST_AUTO_TEST_SUITE_END()

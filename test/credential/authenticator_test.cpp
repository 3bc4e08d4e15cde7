#include "credential/authenticator.hpp"

#include "credential/loaded_backends.hpp"

#include <boost/test/unit_test.hpp>

using namespace tokend;
using namespace std::chrono_literals;
using test::pending_result;

namespace tokend {
static std::ostream& operator<<(std::ostream& out, code c) { return out << to_string(c); }
}  // namespace tokend

namespace {

// The numbers of enum tokend_verdict.
constexpr auto* accepts = "1";
constexpr auto* bad_secret = "2";
constexpr auto* no_such_user = "3";
constexpr auto* not_mine = "4";
constexpr auto* disabled = "6";
constexpr auto* unavailable = "8";

// Outlives the loop, which may hold logins under way.
struct counts_failures
{
    lockouts failures{};
};

struct fixture : counts_failures, test::loaded_backends
{
    std::vector<std::shared_ptr<backend>> backends{};
    std::vector<organisation_options> organisations{};

    // A backend that answers so, by its id.
    std::string add(std::string id, std::string verdict, test::key_values settings = {},
                    on_unavailable rule = on_unavailable::stop)
    {
        settings.emplace_back("verdict", std::move(verdict));
        backend_options options;
        options.id = id;
        options.on_unavailable = rule;
        backends.push_back(start("gives_verdict", settings, std::move(options)));
        return id;
    }
    void add_organisation(std::string name, std::vector<std::string> ids)
    {
        organisation_options options;
        options.name = std::move(name);
        options.backends = std::move(ids);
        options.lifetimes.lifetime = 90s;
        organisations.push_back(std::move(options));
    }
    authenticator made(std::chrono::milliseconds failure_time = 0ms)
    {
        login_options options;
        options.failure_time = failure_time;
        return authenticator{backends, organisations, options, failures, pool};
    }

    static credentials presented(std::string organisation, std::string unit = {})
    {
        credentials c;
        c.name = "alice";
        c.proof = secret{"a secret"};
        c.organisation = std::move(organisation);
        c.unit = std::move(unit);
        return c;
    }
    authentication verify(authenticator const& by, std::string organisation, std::string unit = {})
    {
        return run(by.verify(presented(std::move(organisation), std::move(unit)), {}));
    }
    authentication verify_key(authenticator const& by, std::string organisation, std::string unit = {})
    {
        auto key = presented(std::move(organisation), std::move(unit));
        key.presented = credentials::kind::code;
        return run(by.verify_api_key(std::move(key), {}));
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(authenticator_, fixture)

BOOST_AUTO_TEST_CASE(an_answer_has_the_limits_of_its_organisation)
{
    add("staff", accepts, {{"username", "alice"}, {"units", "north"}});
    token_share share;
    add_organisation("ACME", {"staff"});
    organisations.back().limits = {
        .share = &share, .max_tokens = 7, .max_sessions = 3, .policy = sessions_policy::evict_oldest};
    add_organisation("OTHER", {"staff"});
    auto const made_of = made();
    auto const in_acme = verify(made_of, "acme");
    BOOST_REQUIRE(in_acme);
    auto const& limits = (*in_acme)->limits;
    BOOST_TEST(limits.share == &share);
    BOOST_TEST(limits.max_tokens == 7U);
    BOOST_TEST(limits.max_sessions == 3U);
    BOOST_TEST((limits.policy == sessions_policy::evict_oldest));
    auto const in_other = verify(made_of, "OTHER");
    BOOST_REQUIRE(in_other);
    BOOST_TEST((*in_other)->limits.share == nullptr);
}

BOOST_AUTO_TEST_CASE(the_first_backend_that_knows_the_user_says_who_it_is)
{
    add("staff", no_such_user);
    add("corp", accepts, {{"username", "Alice"}, {"units", "north"}, {"groups", "admins"}, {"not-after", "99"}});
    add_organisation("Acme", {"staff", "corp"});
    auto const answer = verify(made(), "aCME");
    BOOST_REQUIRE(answer);
    auto const& [who, lifetimes, limits] = **answer;
    BOOST_TEST(who.organisation == "Acme");
    BOOST_TEST(who.backend == "corp");
    BOOST_TEST(who.username == "Alice");
    BOOST_TEST(who.unit == "north");
    BOOST_TEST(who.groups == (std::vector<std::string>{"admins"}), boost::test_tools::per_element());
    BOOST_TEST(who.not_after == 99);
    BOOST_TEST((lifetimes.lifetime == 90s));
}

BOOST_AUTO_TEST_CASE(the_order_is_the_organisation_s_and_a_denial_ends_it)
{
    add("corp", accepts);
    add("staff", bad_secret);
    add_organisation("ACME", {"staff", "corp"});
    add_organisation("OTHER", {"corp", "staff"});
    auto const denied = verify(made(), "ACME");
    BOOST_REQUIRE(!denied);
    BOOST_TEST(denied.error().code == code::invalid_credentials);
    BOOST_TEST(denied.error().reason == "staff: bad secret");
    BOOST_TEST(verify(made(), "OTHER").has_value());
}

BOOST_AUTO_TEST_CASE(an_outage_is_told_unless_the_chain_goes_on_and_somebody_accepts)
{
    add("down", unavailable);
    add("down-next", unavailable, {}, on_unavailable::next);
    add("corp", accepts);
    add("empty", no_such_user);
    add_organisation("STOP", {"down", "corp"});
    add_organisation("NEXT", {"down-next", "corp"});
    add_organisation("NOBODY", {"down-next", "empty"});
    BOOST_TEST(verify(made(), "STOP").error().code == code::backend_unavailable);
    BOOST_TEST(verify(made(), "NEXT").has_value());
    BOOST_TEST(verify(made(), "NOBODY").error().code == code::backend_unavailable);
}

BOOST_AUTO_TEST_CASE(a_backend_that_misses_its_deadline_is_an_outage)
{
    backend_options options;
    options.deadline = 0ms;
    backends.push_back(start("never_answers", {}, options));
    add_organisation("ACME", {"never_answers"});
    auto const answer = verify(made(), "ACME");
    BOOST_TEST(answer.error().code == code::backend_unavailable);
    BOOST_TEST(answer.error().reason == "never_answers: unavailable (no answer within the deadline)");
}

BOOST_AUTO_TEST_CASE(an_organisation_is_found_in_any_case_and_another_is_an_invalid_credential)
{
    add("corp", accepts);
    add_organisation("Acme", {"corp"});
    auto const by = made();
    BOOST_REQUIRE(by.find("ACME") != nullptr);
    BOOST_TEST(by.find("acme")->name == "Acme");
    BOOST_TEST(by.find(" acme") == nullptr);
    for (auto const* name : {"ACM", ""})
    {
        BOOST_TEST(verify(by, name).error().code == code::invalid_credentials);
        BOOST_TEST(verify(by, name).error().reason == "unknown organisation");
    }
    BOOST_TEST(verify_key(by, "ACM").error().reason == "unknown organisation");
}

BOOST_AUTO_TEST_CASE(the_unit_is_one_of_the_user_s_or_the_login_is_refused)
{
    add("corp", accepts, {{"units", "north,south"}});
    add_organisation("ACME", {"corp"});
    BOOST_TEST((*verify(made(), "ACME", "south"))->who.unit == "south");
    BOOST_TEST(verify(made(), "ACME", "west").error().code == code::unit_not_allowed);
    BOOST_TEST(verify(made(), "ACME").error().code == code::no_default_unit);
}

BOOST_AUTO_TEST_CASE(a_code_is_an_api_key_only_if_it_is_marked_as_one)
{
    add("codes", accepts);
    add("keys", accepts, {{"api-key", "yes"}});
    add_organisation("CODES", {"codes"});
    add_organisation("KEYS", {"keys"});
    BOOST_TEST(verify(made(), "CODES").has_value());
    BOOST_TEST(verify_key(made(), "CODES").error().code == code::invalid_credentials);
    BOOST_TEST(verify_key(made(), "CODES").error().reason == "the code is not marked as an API key");
    BOOST_TEST((*verify_key(made(), "keys"))->who.organisation == "KEYS");
}

BOOST_AUTO_TEST_CASE(without_an_organisation_the_only_one_that_holds_the_key_is_found)
{
    add("codes", accepts);
    add("keys", accepts, {{"api-key", "yes"}});
    add("empty", no_such_user);
    add_organisation("A", {"empty"});
    add_organisation("B", {"codes"});
    BOOST_TEST(verify_key(made(), "").error().reason == "no organisation holds this key");
    add_organisation("C", {"empty", "keys"});
    BOOST_TEST((*verify_key(made(), ""))->who.organisation == "C");
    BOOST_TEST(verify_key(made(), "", "west").error().code == code::unit_not_allowed);
    add_organisation("D", {"keys"});
    BOOST_TEST(verify_key(made(), "").error().code == code::invalid_credentials);
    BOOST_TEST(verify_key(made(), "").error().reason == "more than one organisation holds this key");
    BOOST_TEST(verify_key(made(), "", "west").error().code == code::invalid_credentials);
}

BOOST_AUTO_TEST_CASE(an_outage_hides_a_key_but_not_one_that_another_organisation_holds)
{
    add("down", unavailable);
    add("empty", not_mine);
    add("keys", accepts, {{"api-key", "yes"}});
    add_organisation("A", {"down"});
    add_organisation("B", {"empty"});
    BOOST_TEST(verify_key(made(), "").error().code == code::backend_unavailable);
    add_organisation("C", {"keys"});
    BOOST_TEST((*verify_key(made(), ""))->who.organisation == "C");
}

// The failure time is longer than any test: what ends is not delayed.
BOOST_AUTO_TEST_CASE(every_invalid_credential_and_lock_out_waits_and_no_other_answer_does)
{
    add("wrong", bad_secret);
    add("off", disabled);
    add("empty", no_such_user);
    add("corp", accepts, {{"units", "north,south"}});
    add("down", unavailable);
    for (auto const* id : {"wrong", "off", "empty", "corp", "down"})
        add_organisation(id, {id});
    add_organisation("locked", {"wrong"});
    for (int i = 0; i < 5; ++i)
        BOOST_TEST(verify(made(), "locked").error().code == code::invalid_credentials);
    BOOST_TEST(verify(made(), "locked").error().code == code::too_many_attempts);
    auto const by = made(1h);
    auto const ends = [&](task<authentication> work) {
        pending_result<authentication> answer{loop, std::move(work)};
        loop.restart();
        loop.poll();
        bool const ended = answer.has_ended();
        return ended;
    };
    for (auto const* denied : {"wrong", "off", "empty", "nowhere", "", "locked"})
        BOOST_TEST(!ends(by.verify(presented(denied), {})), denied);
    for (auto const* denied : {"wrong", "corp", "nowhere"})
        BOOST_TEST(!ends(by.verify_api_key(presented(denied), {})), denied);
    BOOST_TEST(ends(by.verify(presented("corp", "north"), {})));
    BOOST_TEST(ends(by.verify(presented("corp", "west"), {})));
    BOOST_TEST(ends(by.verify(presented("corp"), {})));
    BOOST_TEST(ends(by.verify(presented("down"), {})));
    BOOST_TEST(ends(by.verify_api_key(presented("down"), {})));
}

BOOST_AUTO_TEST_CASE(an_invalid_credential_does_not_come_before_its_time)
{
    add("wrong", bad_secret);
    add_organisation("ACME", {"wrong"});
    auto const before = std::chrono::steady_clock::now();
    BOOST_TEST(verify(made(30ms), "ACME").error().code == code::invalid_credentials);
    BOOST_TEST((std::chrono::steady_clock::now() - before >= 30ms));
}

BOOST_AUTO_TEST_CASE(who_is_locked_out_asks_no_backend_and_learns_when_to_come_back)
{
    add("wrong", bad_secret);
    add("empty", no_such_user);
    add_organisation("Acme", {"wrong"});
    add_organisation("Empty", {"empty"});
    for (auto const* const organisation : {"acme", "EMPTY", "nowhere"})
    {
        for (int i = 0; i < 5; ++i)
            BOOST_TEST(verify(made(), organisation).error().code == code::invalid_credentials);
        auto const refused = verify(made(), organisation).error();
        BOOST_TEST(refused.code == code::too_many_attempts);
        BOOST_TEST(refused.reason == "locked out");
        BOOST_TEST((refused.retry_after == 900s));
    }
    BOOST_TEST(verify(made(), "ACME").error().code == code::too_many_attempts);
}

BOOST_AUTO_TEST_CASE(outages_accounts_that_are_off_and_missing_units_lock_nobody_out)
{
    add("off", disabled);
    add("down", unavailable);
    add("corp", accepts, {{"units", "north,south"}});
    for (auto const* id : {"off", "down", "corp"})
        add_organisation(id, {id});
    for (int i = 0; i < 20; ++i)
    {
        BOOST_TEST(verify(made(), "off").error().code == code::invalid_credentials);
        BOOST_TEST(verify(made(), "down").error().code == code::backend_unavailable);
        BOOST_TEST(verify(made(), "corp").error().code == code::no_default_unit);
    }
}

BOOST_AUTO_TEST_CASE(an_organisation_has_its_own_rules)
{
    add("wrong", bad_secret);
    add_organisation("STRICT", {"wrong"});
    organisations.back().lockout.failures = 1;
    BOOST_TEST(verify(made(), "STRICT").error().reason == "wrong: bad secret; locked out for 900 s");
    BOOST_TEST(verify(made(), "STRICT").error().code == code::too_many_attempts);
}

BOOST_AUTO_TEST_CASE(an_organisation_admits_clients_by_their_addresses)
{
    add("corp", accepts);
    add_organisation("INSIDE", {"corp"});
    organisations.back().allow_addresses.networks = {network::parse("192.0.2.0/24").value()};
    organisations.back().deny_addresses.networks = {network::parse("192.0.2.7").value()};
    add_organisation("LOCAL", {"corp"});
    organisations.back().allow_addresses.unix_sockets = true;
    auto const admits = [&](std::string organisation, std::optional<std::string_view> address) {
        asker from;
        if (address)
            from.address = ip_address::parse(*address);
        auto const answer = run(made().verify(presented(std::move(organisation)), from));
        BOOST_TEST((answer || answer.error().code == code::address_not_allowed));
        return answer.has_value();
    };
    BOOST_TEST(admits("INSIDE", "192.0.2.8"));
    BOOST_TEST(!admits("INSIDE", "192.0.2.7"));
    BOOST_TEST(!admits("INSIDE", "192.0.3.8"));
    BOOST_TEST(!admits("INSIDE", "2001:db8::1"));
    BOOST_TEST(!admits("INSIDE", std::nullopt));
    BOOST_TEST(admits("LOCAL", std::nullopt));
    BOOST_TEST(!admits("LOCAL", "127.0.0.1"));
}

BOOST_AUTO_TEST_CASE(a_backend_that_checks_its_users_again_is_found_by_its_id)
{
    folder.write("list", "");
    add("corp", accepts);
    backend_options options;
    options.id = "staff";
    backends.push_back(start("listed", {{"list", "list"}}, options));
    options.id = "never-again";
    options.recheck_interval = 0ms;
    backends.push_back(start("listed", {{"list", "list"}}, options));
    auto const by = made();
    BOOST_REQUIRE(by.rechecking("staff") != nullptr);
    BOOST_TEST((*by.rechecking("staff"))->id() == "staff");
    for (auto const* id : {"corp", "never-again", "nobody"})
        BOOST_TEST(by.rechecking(id) == nullptr, id);
}

BOOST_AUTO_TEST_SUITE_END()

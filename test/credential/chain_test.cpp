#include "credential/chain.hpp"

#include <boost/test/unit_test.hpp>

#include <vector>

using namespace tokend;

namespace tokend {
static std::ostream& operator<<(std::ostream& out, code c) { return out << to_string(c); }
}  // namespace tokend

namespace {

// A chain whose backends answer so, in this order.
chain asked(std::vector<outcome> const& verdicts, on_unavailable rule)
{
    chain c;
    for (auto const o : verdicts)
    {
        verdict v;
        v.outcome = o;
        if (c.take("b", v, rule) == chain::step::stop)
            break;
    }
    return c;
}

code heard(std::vector<outcome> const& verdicts, on_unavailable rule = on_unavailable::stop)
{
    auto const c = asked(verdicts, rule);
    return c.accepted() ? code::ok : c.conclude().code;
}

bool counts(std::vector<outcome> const& verdicts, on_unavailable rule = on_unavailable::stop)
{
    return asked(verdicts, rule).counts();
}

identity user(std::vector<std::string> units, std::string default_unit = {})
{
    identity who;
    who.units = std::move(units);
    who.default_unit = std::move(default_unit);
    return who;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(chain_)

BOOST_AUTO_TEST_CASE(the_first_that_knows_the_user_decides)
{
    using enum outcome;
    BOOST_TEST(heard({no_such_user, not_mine, accept}) == code::ok);
    BOOST_TEST(heard({bad_secret, accept}) == code::invalid_credentials);
    BOOST_TEST(heard({locked, accept}) == code::invalid_credentials);
    BOOST_TEST(heard({disabled, accept}) == code::invalid_credentials);
    BOOST_TEST(heard({expired, accept}) == code::invalid_credentials);
    BOOST_TEST(heard({no_such_user, not_mine}) == code::invalid_credentials);
    BOOST_TEST(heard({}) == code::invalid_credentials);
}

BOOST_AUTO_TEST_CASE(an_outage_is_never_a_denial)
{
    using enum outcome;
    BOOST_TEST(heard({unavailable, accept}) == code::backend_unavailable);
    BOOST_TEST(heard({unavailable, accept}, on_unavailable::next) == code::ok);
    BOOST_TEST(heard({unavailable, no_such_user}, on_unavailable::next) == code::backend_unavailable);
    BOOST_TEST(heard({unavailable, bad_secret}, on_unavailable::next) == code::backend_unavailable);
    BOOST_TEST(heard({no_such_user, unavailable}) == code::backend_unavailable);
    BOOST_TEST(heard({overloaded, accept}) == code::overloaded);
}

BOOST_AUTO_TEST_CASE(a_wrong_secret_and_an_unknown_name_count_for_a_lock_out)
{
    using enum outcome;
    BOOST_TEST(counts({bad_secret}));
    BOOST_TEST(counts({no_such_user}));
    BOOST_TEST(counts({not_mine}));
    BOOST_TEST(counts({no_such_user, not_mine, bad_secret}));
    BOOST_TEST(counts({unavailable, bad_secret}, on_unavailable::next));
}

BOOST_AUTO_TEST_CASE(an_outage_and_an_account_that_lets_nobody_in_do_not_count)
{
    using enum outcome;
    for (auto const o : {locked, disabled, expired, overloaded, unavailable})
    {
        BOOST_TEST(!counts({o}));
        BOOST_TEST(!counts({no_such_user, o}));
    }
    BOOST_TEST(!counts({unavailable, no_such_user}, on_unavailable::next));
    BOOST_TEST(!counts({no_such_user, unavailable, not_mine}, on_unavailable::next));
    BOOST_TEST(!counts({unavailable, locked}, on_unavailable::next));
}

BOOST_AUTO_TEST_CASE(the_reason_names_every_backend_that_said_no)
{
    chain c;
    verdict v;
    v.outcome = outcome::no_such_user;
    BOOST_TEST((c.take("staff", v, on_unavailable::stop) == chain::step::next));
    v.outcome = outcome::bad_secret;
    v.reason = "wrong password";
    BOOST_TEST((c.take("ldap", v, on_unavailable::stop) == chain::step::stop));
    BOOST_TEST(c.conclude().reason == "staff: no such user; ldap: bad secret (wrong password)");
}

BOOST_AUTO_TEST_CASE(a_unit_is_the_one_asked_for_or_the_default_or_the_only_one)
{
    BOOST_TEST(*choose_unit(user({"a", "b"}, "a"), "b") == "b");
    BOOST_TEST(*choose_unit(user({"a", "b"}, "a"), "") == "a");
    BOOST_TEST(*choose_unit(user({"a"}), "") == "a");
    BOOST_TEST(choose_unit(user({"a", "b"}), "").error().code == code::no_default_unit);
    BOOST_TEST(choose_unit(user({}), "").error().code == code::no_default_unit);
    BOOST_TEST(choose_unit(user({"a"}), "A").error().code == code::unit_not_allowed);
}

BOOST_AUTO_TEST_SUITE_END()

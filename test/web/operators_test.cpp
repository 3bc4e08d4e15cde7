#include "web/operators.hpp"

#include <boost/test/unit_test.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace tokend;

namespace {

operators::resolved_rule rule(std::string_view text, std::uint32_t number = 0)
{
    auto const parsed = operator_rule::parse(text);
    BOOST_TEST_REQUIRE(parsed.has_value(), text);
    return {.rule = *parsed, .number = number, .organisations = parsed->organisations};
}

client process(uid_t user, std::vector<gid_t> groups = {})
{
    return {.address = {}, .process = std::make_shared<unix_peer const>(unix_peer{user, std::move(groups)})};
}

client certified(std::string const& subject)
{
    return {.address = ip_address::parse("192.0.2.1"),
            .certificate_subject = std::make_shared<std::string const>(subject)};
}

client anybody() { return {ip_address::parse("192.0.2.1")}; }

operators made_of(std::vector<operators::resolved_rule> rules, std::string_view bearer = {})
{
    return {std::move(rules), secret{bearer}};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(operators_)

BOOST_AUTO_TEST_CASE(a_rule_is_read_and_written)
{
    for (std::string_view const text :
         {"admin user:root", "viewer group:4711", "operator@ACME group:support", "viewer@A,b-c,D_2 bearer",
          "admin certificate:CN=ops,OU=a b,O=ACME", "viewer certificate:CN=a:b"})
        BOOST_TEST(rule(text).rule.text() == text);
    auto const r = rule("  operator@ACME,B   group:support ").rule;
    BOOST_TEST((r == operator_rule{.role = role::operator_,
                                   .organisations = {"ACME", "B"},
                                   .kind = operator_kind::group,
                                   .name = "support"}));
}

BOOST_AUTO_TEST_CASE(anything_else_is_no_rule)
{
    for (std::string_view const text :
         {"", "admin", "admin ", "user:root", "root admin", "Admin user:root", "admin user",
          "admin user:", "admin bearer:", "admin bearer:x", "admin@ user:root", "admin@A, user:root",
          "admin@A,,B user:root", "admin@A,A user:root", "admin @A user:root", "admin user :root", "chef user:root"})
        BOOST_TEST(!operator_rule::parse(text).has_value(), text);
}

BOOST_AUTO_TEST_CASE(each_kind_of_operator_is_known_by_what_it_shows)
{
    auto const all = made_of(
        {rule("admin user:u", 7), rule("operator group:g", 8), rule("viewer certificate:CN=a"), rule("viewer bearer")},
        "the token");
    auto const may = [&](client const& from, role r, std::string_view token = {}) {
        return all.permits_of(from, token).allow_everywhere(r);
    };
    BOOST_TEST(may(process(7), role::admin));
    BOOST_TEST(!may(process(8), role::viewer));
    BOOST_TEST(may(process(9, {1, 8}), role::operator_));
    BOOST_TEST(!may(process(9, {1, 8}), role::admin));
    BOOST_TEST(!may(process(9, {7}), role::viewer));
    BOOST_TEST(may(certified("CN=a"), role::viewer));
    BOOST_TEST(!may(certified("CN=a,O=b"), role::viewer));
    BOOST_TEST(!may(certified("cn=a"), role::viewer));
    BOOST_TEST(may(anybody(), role::viewer, "the token"));
    BOOST_TEST(!may(anybody(), role::viewer, "the tokem"));
    BOOST_TEST(!may(anybody(), role::viewer, "the token "));
    BOOST_TEST(!may(anybody(), role::viewer));
}

BOOST_AUTO_TEST_CASE(without_a_token_no_bearer_is_known)
{
    auto const all = made_of({rule("admin bearer")});
    BOOST_TEST(!all.permits_of(anybody(), "").allow_somewhere(role::viewer));
    BOOST_TEST(!all.permits_of(anybody(), "").is_known());
}

BOOST_AUTO_TEST_CASE(several_rules_add_up)
{
    auto const all = made_of({rule("viewer user:u", 7), rule("operator@ACME group:g", 8)});
    auto const both = all.permits_of(process(7, {8}), {});
    BOOST_TEST(both.allow(role::viewer, "OTHER"));
    BOOST_TEST(!both.allow(role::operator_, "OTHER"));
    BOOST_TEST(both.allow(role::operator_, "acme"));
    BOOST_TEST(!both.allow(role::admin, "ACME"));
    BOOST_TEST(both.allow_everywhere(role::viewer));
    BOOST_TEST(!both.allow_everywhere(role::operator_));
    BOOST_TEST(both.allow_somewhere(role::operator_));
    auto const limited = all.permits_of(process(1, {8}), {});
    BOOST_TEST(!limited.allow(role::viewer, "OTHER"));
    BOOST_TEST(limited.allow(role::viewer, "ACME"));
    BOOST_TEST(!limited.allow_everywhere(role::viewer));
}

BOOST_AUTO_TEST_CASE(an_operator_has_a_name_for_the_audit_log)
{
    auto const all = made_of({rule("admin bearer")}, "the token");
    BOOST_TEST(all.permits_of(process(1000), {}).name() == "uid 1000");
    BOOST_TEST(all.permits_of(certified("CN=a"), {}).name() == "certificate CN=a");
    BOOST_TEST(all.permits_of(anybody(), "the token").name() == "bearer");
    BOOST_TEST(all.permits_of(anybody(), "another").name().empty());
}

BOOST_AUTO_TEST_SUITE_END()

// Decisions that need no server.
#include "ldap/diagnosis.hpp"
#include "ldap/dn.hpp"
#include "ldap/endpoint.hpp"
#include "ldap/engine.hpp"
#include "ldap/escape.hpp"
#include "ldap/group_map.hpp"
#include "ldap/identification.hpp"
#include "ldap/outage.hpp"

#include <boost/test/unit_test.hpp>

using namespace tokend::plugin::ldap;
using boost::test_tools::per_element;

namespace {

using strings = std::vector<std::string>;

answer result(int code, std::string diagnostic = {}, int policy_error = PP_noError, int grace = -1)
{
    answer a;
    a.code = code;
    a.diagnostic = std::move(diagnostic);
    a.policy = {policy_error, grace};
    return a;
}

void check(diagnosis const& d, tokend_verdict verdict, std::string const& reason)
{
    BOOST_TEST(static_cast<int>(d.verdict) == static_cast<int>(verdict), d.reason);
    BOOST_TEST(d.reason == reason);
}

std::string refusal_of(std::string_view uri, start_tls tls = start_tls::off)
{
    try
    {
        parse_uri(uri, tls, plain_ldap::on_loopback);
        return "taken";
    }
    catch (std::invalid_argument const& wrong)
    {
        return wrong.what();
    }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(decisions_)

BOOST_AUTO_TEST_CASE(values_of_filters_are_escaped_by_rfc_4515)
{
    BOOST_TEST(escape_filter("a*b(c)d\\e") == "a\\2ab\\28c\\29d\\5ce");
    BOOST_TEST(escape_filter(std::string{"n\0l", 3}) == "n\\00l");
    BOOST_TEST(escape_filter("Zo\xc3\xab,=") == "Zo\xc3\xab,=");
    BOOST_TEST(escape_octets("\x01z") == "\\01\\7a");
}

BOOST_AUTO_TEST_CASE(values_of_dns_are_escaped_by_rfc_4514)
{
    BOOST_TEST(escape_dn(R"(a,b+c"d\e<f>g;h=i#j)") == R"(a\,b\+c\"d\\e\<f\>g\;h\=i\#j)");
    BOOST_TEST(escape_dn(" a b ") == "\\20a b\\20");
    BOOST_TEST(escape_dn(std::string{"\0\n\x7f", 3}) == "\\00\\0a\\7f");
    BOOST_TEST(first_value("cn=" + escape_dn("\na\r") + ",dc=example") == "\na\r");
    BOOST_TEST(first_value("cn=" + escape_dn(R"( #x,y\z )") + ",dc=example") == R"( #x,y\z )");
}

// A name in a DN in a filter is escaped for the DN first, then for the filter.
BOOST_AUTO_TEST_CASE(a_name_in_a_dn_in_a_filter_is_escaped_twice)
{
    auto const dn = fill("uid={username},dc=example", {{"{username}", escape_dn("a,b*\\")}});
    BOOST_TEST(dn == R"(uid=a\,b*\\,dc=example)");
    BOOST_TEST(fill("(member={dn})", {{"{dn}", escape_filter(dn)}}) == R"((member=uid=a\5c,b\2a\5c\5c,dc=example))");
}

BOOST_AUTO_TEST_CASE(a_value_that_looks_like_a_placeholder_stays_a_value)
{
    BOOST_TEST(fill("({dn}{username})", {{"{dn}", "{username}"}, {"{username}", "{dn}"}}) == "({username}{dn})");
}

BOOST_AUTO_TEST_CASE(names_without_sense_are_none)
{
    for (auto const* name : {"a", "Zo\xc3\xab", "a b", "*"})
        BOOST_TEST(is_name(name), name);
    for (std::string const& name :
         {std::string{}, std::string{"a\0b", 3}, std::string{"a\nb"}, std::string{"\xff"}, std::string(257, 'a')})
        BOOST_TEST(!is_name(name), name);
}

BOOST_AUTO_TEST_CASE(two_spellings_of_a_dn_are_one)
{
    BOOST_TEST(canonical_dn("CN=North,  OU=Groups,dc=Example") == canonical_dn("cn=north,ou=groups,dc=example"));
    BOOST_TEST(canonical_dn("cn=a\\2cb,dc=x") == canonical_dn("cn=a\\,b,dc=x"));
    BOOST_TEST(canonical_dn("cn=a,dc=x") != canonical_dn("cn=b,dc=x"));
    BOOST_TEST(!is_dn("north"));
    BOOST_TEST(is_dn("cn=\\c3\\a9,dc=x"));
    BOOST_TEST(!is_dn("cn=\\ff,dc=x"));  // no UTF-8
    BOOST_TEST(is_filter("(&(a=b)(c=*))"));
    BOOST_TEST(!is_filter("(a=b"));
}

BOOST_AUTO_TEST_CASE(groups_give_units_in_the_order_of_the_map)
{
    group_map const map{"south -> S; cn=north,ou=groups,dc=x -> N ;cn=a\\;b,dc=x -> N"};
    BOOST_TEST(map.apply({"CN=North,OU=Groups,DC=x", "cn=South,ou=y"}, "") == (strings{"S", "N"}), per_element());
    BOOST_TEST(map.apply({"cn=a\\;b,dc=x"}, "") == strings{"N"}, per_element());
    BOOST_TEST(map.apply({"cn=north,ou=other,dc=x"}, "").empty());
    BOOST_TEST(group_map{"*"}.apply({"cn=One,dc=x", "cn=Two,dc=x"}, "") == (strings{"One", "Two"}), per_element());
    BOOST_TEST(group_map{""}.empty());
    for (auto const* bad : {"north", "north ->", "-> N", "north -> N; south"})
        BOOST_CHECK_THROW(group_map{bad}, std::invalid_argument);
}

BOOST_AUTO_TEST_CASE(a_groups_name_counts_below_the_base_alone_and_a_dn_is_that_group_alone)
{
    std::string const base = "ou=groups,dc=x";
    group_map const names{"north -> N"};
    BOOST_TEST(names.apply({"cn=North,OU=Groups,dc=x"}, base) == strings{"N"}, per_element());
    BOOST_TEST(names.apply({"cn=north,ou=eu,ou=groups,dc=x"}, base) == strings{"N"}, per_element());
    BOOST_TEST(names.apply({"cn=north,ou=mine,dc=x", "cn=north\\,ou=groups,dc=x"}, base).empty());
    BOOST_TEST(group_map{"*"}.apply({"cn=one,ou=mine,dc=x", "cn=two,ou=groups,dc=x"}, base) == strings{"two"},
               per_element());
    group_map const dns{"cn=north,ou=other,dc=x -> N"};
    BOOST_TEST(dns.apply({"cn=north,ou=other,dc=x"}, base) == strings{"N"}, per_element());
    BOOST_TEST(dns.apply({"cn=cn\\3dnorth\\,ou\\3dother\\,dc\\3dx,ou=groups,dc=x"}, base).empty());
    BOOST_TEST(names.uses_names());
    BOOST_TEST(!dns.uses_names());
}

BOOST_AUTO_TEST_CASE(uris_are_read_with_their_security)
{
    auto const tls = parse_uri("ldaps://dc1.example.com", start_tls::required, plain_ldap::on_loopback);
    BOOST_TEST((tls.security == security::tls));
    BOOST_TEST(tls.host + ':' + tls.port == "dc1.example.com:636");
    auto const started = parse_uri("ldap://[2001:db8::1]:1389/", start_tls::required, plain_ldap::on_loopback);
    BOOST_TEST((started.security == security::start_tls));
    BOOST_TEST(started.host + ' ' + started.port == "2001:db8::1 1389");
    BOOST_TEST((parse_uri("ldap://192.0.2.1", start_tls::off, plain_ldap::anywhere).security == security::plain));
    BOOST_TEST(refusal_of("ldap://127.0.0.1") == "taken");
    BOOST_TEST(refusal_of("ldap://[::1]") == "taken");
    BOOST_TEST(refusal_of("ldap://192.0.2.1").find("unencrypted") != std::string::npos);
    BOOST_TEST(refusal_of("ldap://127.0.0.1.example.com").find("unencrypted") != std::string::npos);
    BOOST_TEST(refusal_of("http://a") == "uris: 'http://a' is neither ldaps://HOST:PORT nor ldap://HOST:PORT");
    for (auto const* bad :
         {"ldaps://", "ldaps://a:0", "ldaps://a:65536", "ldaps://a:x", "ldaps://a/b", "ldaps://u@a", "ldaps://[::1]x"})
        BOOST_TEST(refusal_of(bad) != "taken", bad);
}

BOOST_AUTO_TEST_CASE(a_message_is_as_long_as_its_head_says)
{
    auto const size = [](std::string_view bytes) { return message_size(bytes, 1000); };
    BOOST_TEST(!size(""));
    BOOST_TEST(!size("\x30"));
    BOOST_TEST(!size("\x30\x82\x01"));
    BOOST_TEST(*size("\x30\x05") == 7U);
    BOOST_TEST(*size(std::string_view{"\x30\x82\x01\x00", 4}) == 260U);
    BOOST_CHECK_THROW(size("HTTP/1.1"), connection_lost);
    BOOST_CHECK_THROW(size("\x30\x80"), connection_lost);
    BOOST_CHECK_THROW(size("\x30\x85"), connection_lost);
    BOOST_CHECK_THROW(size(std::string_view{"\x30\x82\x04\x00", 4}), connection_lost);
}

// In the form of Active Directory and Samba.
BOOST_AUTO_TEST_CASE(sub_codes_of_active_directory_are_understood)
{
    auto const of = [](std::string const& code) {
        return judge_bind(result(49, "80090308: LdapErr: DSID-0C0903A9, comment: AcceptSecurityContext error, data " +
                                         code + ", v1db1"));
    };
    check(of("52e"), TOKEND_BAD_SECRET, "wrong password (data 52e)");
    check(of("525"), TOKEND_NO_SUCH_USER, "no such user (data 525)");
    check(of("530"), TOKEND_DISABLED, "not allowed at this time (data 530)");
    check(of("531"), TOKEND_DISABLED, "not allowed from this workstation (data 531)");
    check(of("532"), TOKEND_EXPIRED, "the password is expired (data 532)");
    check(of("533"), TOKEND_DISABLED, "the account is disabled (data 533)");
    check(of("701"), TOKEND_EXPIRED, "the account is expired (data 701)");
    check(of("773"), TOKEND_EXPIRED, "the password must be changed (data 773)");
    check(of("775"), TOKEND_LOCKED, "the account is locked (data 775)");
    check(of("52E"), TOKEND_BAD_SECRET, "wrong password (data 52e)");
    check(of("57"), TOKEND_BAD_SECRET, "refused for a reason unknown here (data 57)");
}

BOOST_AUTO_TEST_CASE(the_password_policy_speaks_through_its_control)
{
    check(judge_bind(result(49)), TOKEND_BAD_SECRET, "wrong password");
    check(judge_bind(result(49, "", PP_accountLocked)), TOKEND_LOCKED, "the account is locked (password policy)");
    check(judge_bind(result(49, "", PP_passwordExpired)), TOKEND_EXPIRED, "the password is expired (password policy)");
    check(judge_bind(result(0)), TOKEND_ACCEPT, "");
    check(judge_bind(result(0, "", PP_changeAfterReset)), TOKEND_EXPIRED, "the password must be changed");
    check(judge_bind(result(0, "", PP_noError, 3)), TOKEND_ACCEPT, "the password is expired; grace logins left: 3");
    auto older = result(0);
    older.must_change = true;
    check(judge_bind(older), TOKEND_EXPIRED, "the password must be changed");
}

BOOST_AUTO_TEST_CASE(what_is_no_judgement_on_the_user_is_an_outage)
{
    for (int const code : {LDAP_OPERATIONS_ERROR, LDAP_STRONG_AUTH_REQUIRED, LDAP_CONFIDENTIALITY_REQUIRED, LDAP_BUSY,
                           LDAP_UNAVAILABLE, LDAP_REFERRAL, LDAP_OTHER, 9999})
        BOOST_TEST(static_cast<int>(judge_bind(result(code)).verdict) == static_cast<int>(TOKEND_UNAVAILABLE), code);
    check(judge_bind(result(LDAP_BUSY, "later")), TOKEND_UNAVAILABLE,
          "the server answered the bind with 51 (Server is busy): later");
    check(judge_bind(result(LDAP_CONSTRAINT_VIOLATION, "retry limit")), TOKEND_LOCKED,
          "refused: 19 (Constraint violation): retry limit");
    check(judge_bind(result(LDAP_NO_SUCH_OBJECT)), TOKEND_NO_SUCH_USER, "no such entry: 32 (No such object)");
}

BOOST_AUTO_TEST_CASE(an_objectguid_is_written_as_active_directory_does_and_read_back)
{
    entry user;
    user.attributes = {{"objectguid", {"0123456789abcdef"}}, {"entryUUID", {"a-b"}}};
    auto const id = subject_id_of(user, "objectGUID");
    BOOST_TEST(id == "33323130-3534-3736-3839-616263646566");
    BOOST_TEST(octets_in(id, "objectGUID") == "0123456789abcdef");
    BOOST_TEST(subject_id_of(user, "entryUUID") == "a-b");
    BOOST_TEST(octets_in("a-b", "entryUUID") == "a-b");
    BOOST_TEST(dn_in("a-b").empty());
}

BOOST_AUTO_TEST_CASE(an_objectguid_that_is_text_is_read_back_too)
{
    for (std::string const value : {"33323130-3534-3736-3839-616263646566", "0123456789abcdef0123456789abcdef", "x"})
    {
        entry user;
        user.attributes = {{"objectGUID", {value}}};
        BOOST_TEST(octets_in(subject_id_of(user, "objectGUID"), "objectGUID") == value);
    }
}

// An id crosses the ABI as text.
BOOST_AUTO_TEST_CASE(a_binary_id_is_written_in_hex_and_one_that_is_missing_is_the_dn)
{
    for (auto const& value :
         {std::string{"\x01\0\xff", 3}, std::string{"a\nb"}, std::string{"dn:x"}, std::string{"hex:"}})
    {
        entry user;
        user.attributes = {{"id", {value}}};
        auto const id = subject_id_of(user, "id");
        BOOST_TEST(id.starts_with("hex:"));
        BOOST_TEST(octets_in(id, "id") == value);
        BOOST_TEST(dn_in(id).empty());
    }
    entry user;
    user.dn = "uid=a\\,b,dc=x";
    BOOST_TEST(subject_id_of(user, "entryUUID") == "dn:uid=a\\,b,dc=x");
    BOOST_TEST(dn_in("dn:uid=a\\,b,dc=x") == user.dn);
}

BOOST_AUTO_TEST_CASE(a_login_filter_without_its_question_for_the_name_keeps_its_other_questions)
{
    auto const rest = [](std::string_view filter) { return without_name(filter, "anna"); };
    BOOST_TEST(rest("(uid={username})") == "(objectClass=*)");
    BOOST_TEST(rest("(&(objectClass=person)(|(uid={username})(mail={username}@x))(dept=A))") ==
               "(&(objectClass=person)(|(objectClass=*)(objectClass=*))(dept=A))");
    BOOST_TEST(rest("(uid:caseExactMatch:={username})") == "(objectClass=*)");
    BOOST_TEST(rest("(&(uid={username})(!(blocked={username})))") == "(&(objectClass=*)(!(blocked=anna)))");
    BOOST_TEST(rest("(&(!(&(a=b)(c={username})))(d={username}))") == "(&(!(&(a=b)(c=anna)))(objectClass=*))");
    BOOST_TEST(rest("( ! ( ! (uid={username})))") == "( ! ( ! (objectClass=*)))");
    BOOST_TEST(rest("(\t!(\t\n!\t(uid={username})))") == "(\t!(\t\n!\t(objectClass=*)))");
    BOOST_TEST(rest("(\t!(uid={username}))") == "(\t!(uid=anna))");
    BOOST_TEST(is_filter(rest("(&(uid={username})(!(x=\\28{username}\\29)))")));
}

BOOST_AUTO_TEST_CASE(a_dn_is_below_another_by_its_rdns_and_not_by_its_text)
{
    BOOST_TEST(*depth_below("cn=a,OU=Groups,dc=x", "ou=groups, dc=X") == 1U);
    BOOST_TEST(*depth_below("cn=a,cn=b,ou=groups,dc=x", "ou=groups,dc=x") == 2U);
    BOOST_TEST(*depth_below("ou=groups,dc=x", "ou=groups,dc=x") == 0U);
    BOOST_TEST(*depth_below("cn=a,dc=x", "") == 2U);
    BOOST_TEST(!depth_below("cn=a,ou=other,dc=x", "ou=groups,dc=x"));
    BOOST_TEST(!depth_below("dc=x", "ou=groups,dc=x"));
    BOOST_TEST(!depth_below("cn=a\\,ou=groups,dc=x", "ou=groups,dc=x"));
}

BOOST_AUTO_TEST_CASE(a_template_has_a_part_that_is_the_same_for_all)
{
    auto const usual = split_template("cn={username},ou=people,dc=x");
    BOOST_TEST(usual.depth == 1U);
    BOOST_TEST(usual.attribute == "cn");
    BOOST_TEST(usual.base == "ou=people,dc=x");
    auto const deep = split_template("cn=login,uid={username},ou=people,dc=x");
    BOOST_TEST(deep.depth == 2U);
    BOOST_TEST(deep.base == "ou=people,dc=x");
    BOOST_TEST(split_template("uid={username}").base.empty());
}

BOOST_AUTO_TEST_CASE(the_head_of_a_message_is_its_id_and_its_kind)
{
    auto const bind = read_head(std::string_view{"\x30\x0c\x02\x01\x07\x61\x07\x0a\x01\x00\x04\x00\x04\x00", 14});
    BOOST_TEST(bind.id == 7);
    BOOST_TEST(bind.kind == LDAP_RES_BIND);
    // In the form in which Active Directory writes lengths.
    auto const entry = read_head(std::string_view{"\x30\x84\x00\x00\x00\x06\x02\x02\x01\x02\x64\x00", 12});
    BOOST_TEST(entry.id == 258);
    BOOST_TEST(entry.kind == LDAP_RES_SEARCH_ENTRY);
    for (auto const bytes :
         {std::string_view{"\x30\x00", 2}, std::string_view{"\x30\x02\x02\x01", 4},
          std::string_view{"\x30\x03\x02\x01\x07", 5}, std::string_view{"\x30\x03\x04\x01\x07", 5},
          std::string_view{"\x30\x03\x02\x00\x61", 5}, std::string_view{"\x30\x03\x02\x7f\x61", 5},
          std::string_view{"\x30\x04\x02\x01\x07\x61", 6}, std::string_view{"\x30\x05\x02\x01\x07\x61\x01", 7},
          std::string_view{"\x30\x05\x02\x01\x07\x61\x80", 7}})
        BOOST_CHECK_THROW(static_cast<void>(read_head(bytes)), connection_lost);
}

// libldap crashes where one of these controls has no value, or an empty one.
BOOST_AUTO_TEST_CASE(a_control_without_a_value_is_an_outage)
{
    prepare_libldap();
    auto const element = [](char tag, std::string const& content) {
        return std::string{tag} + static_cast<char>(content.size()) + content;
    };
    for (std::string const oid : {LDAP_CONTROL_PAGEDRESULTS, LDAP_CONTROL_PASSWORDPOLICYRESPONSE})
        for (auto const& value : {std::string{}, element('\x04', "")})
        {
            engine asks{1000};
            int id = 0;
            BOOST_REQUIRE(::ldap_search_ext(asks.handle(), "", LDAP_SCOPE_BASE, "(a=b)", nullptr, 0, nullptr, nullptr,
                                            nullptr, 0, &id) == LDAP_SUCCESS);
            auto const done = std::string{"\x65\x07\x0a\x01\x00\x04\x00\x04\x00", 9};
            auto const controls = element('\xa0', element('\x30', element('\x04', oid) + value));
            auto const bytes = element('\x30', element('\x02', {static_cast<char>(id)}) + done + controls);
            auto const m = asks.decode(bytes);
            BOOST_REQUIRE(m != nullptr);
            answer read;
            BOOST_CHECK_THROW(read_result(asks.handle(), m.get(), read), connection_lost);
        }
}

BOOST_AUTO_TEST_CASE(the_entry_tells_who_may_not_log_in)
{
    auto const with = [](std::string const& name, std::string const& value) {
        entry user;
        user.attributes = {{name, {value}}};
        return judge_entry(user, 1'800'000'000);
    };
    check(with("userAccountControl", "514"), TOKEND_DISABLED, "the account is disabled (userAccountControl)");
    check(with("userAccountControl", "512"), TOKEND_ACCEPT, "");
    check(with("nsAccountLock", "TRUE"), TOKEND_DISABLED, "the account is disabled (nsAccountLock)");
    check(with("pwdAccountLockedTime", "000001010000Z"), TOKEND_LOCKED,
          "the account is locked for good (pwdAccountLockedTime)");
    check(with("pwdAccountLockedTime", "20260101000000Z"), TOKEND_ACCEPT, "");
    check(with("accountExpires", "132223104000000000"), TOKEND_EXPIRED, "the account is expired (accountExpires)");
    for (auto const* never : {"0", "9223372036854775807", "157469184000000000"})
        check(with("accountExpires", never), TOKEND_ACCEPT, "");
}

BOOST_AUTO_TEST_SUITE_END()

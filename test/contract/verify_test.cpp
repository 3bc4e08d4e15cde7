// Forward authentication: 200, 401 or 403 to a reverse proxy, all without a body.
#include "contract/contract.hpp"
#include "contract/shared_daemon.hpp"
#include "support/temporary_folder.hpp"

#include <boost/test/unit_test.hpp>

using namespace tokend::test;

namespace {

struct verifying
{
    static daemon_options options() { return {demonstration(), {"--login.failure-time=0ms"}}; }
};

void check_bare(answer const& a, int status)
{
    BOOST_TEST(a.status == status);
    BOOST_TEST(a.body.empty());
    check_headers(a);
}

void check_unknown(answer const& a)
{
    check_bare(a, 401);
    BOOST_TEST(a.header("WWW-Authenticate") == R"(Bearer realm="tokend", error="invalid_token")");
    BOOST_TEST(a.count("X-Auth-User") == 0u);
}

void check_nobody(answer const& a)
{
    check_bare(a, 401);
    BOOST_TEST(a.header("WWW-Authenticate") == R"(Bearer realm="tokend")");
    BOOST_TEST(a.count("X-Auth-User") == 0u);
}

template <class Suite>
answer verify(std::string_view query, std::string_view headers)
{
    return ask(served<Suite>::address(), get("/auth/verify" + std::string{query}, headers));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(verify_, *boost::unit_test::fixture<served<verifying>>())

BOOST_AUTO_TEST_CASE(a_live_token_is_let_in_and_its_owner_named)
{
    auto const issued = ask(served<verifying>::address(), post(issue_path, administrator));
    std::string const token{check_ok(issued).at("token").as_string()};
    auto const a = verify<verifying>("", bearer(token));
    check_bare(a, 200);
    BOOST_TEST(a.header("X-Auth-User") == "mpadministrator");
    BOOST_TEST(a.header("X-Auth-Organisation") == "CRMDEMO");
    BOOST_TEST(a.header("X-Auth-Unit") == first_unit);
    BOOST_TEST(a.header("X-Auth-Groups") == "admins");
    BOOST_TEST(a.header("X-Auth-Accessor") == issued.header("X-Token-Accessor"));
    auto const left = std::stoi(a.header("X-Auth-Expires-In"));
    BOOST_TEST(left <= 3600);
    BOOST_TEST(left > 3500);
}

BOOST_AUTO_TEST_CASE(every_header_is_there_once_even_if_it_is_empty)
{
    auto const token = issue_token(served<verifying>::address(), acme_administrator);
    auto const a = verify<verifying>("", bearer(token) + "X-Auth-Groups: root\r\nX-Auth-User: root\r\n");
    check_bare(a, 200);
    for (auto const name :
         {"X-Auth-User", "X-Auth-Organisation", "X-Auth-Unit", "X-Auth-Groups", "X-Auth-Accessor", "X-Auth-Expires-In"})
        BOOST_TEST(a.count(name) == 1u, name);
    BOOST_TEST(a.header("X-Auth-Groups") == "");
    BOOST_TEST(a.header("X-Auth-User") == "mpadministrator");
}

BOOST_AUTO_TEST_CASE(no_token_and_a_bad_token_differ_in_the_challenge_alone)
{
    check_nobody(verify<verifying>("", ""));
    check_unknown(verify<verifying>("", bearer(unknown_token)));
    check_unknown(verify<verifying>("", bearer("x")));
    check_unknown(verify<verifying>("", "X-Auth-Token: x\r\n"));
    auto const token = issue_token(served<verifying>::address());
    ask(served<verifying>::address(), post(release_path, token_body(token)));
    check_unknown(verify<verifying>("", bearer(token)));
}

BOOST_AUTO_TEST_CASE(the_first_source_that_is_present_decides)
{
    auto const token = issue_token(served<verifying>::address());
    check_bare(verify<verifying>("", "X-Auth-Token: " + token + "\r\n"), 200);
    check_bare(verify<verifying>("", "X-Auth-Token: x\r\n" + bearer(token)), 200);
    check_unknown(verify<verifying>("", "X-Auth-Token: " + token + "\r\n" + bearer("x")));
}

BOOST_AUTO_TEST_CASE(cookie_and_query_are_not_read_unless_configured)
{
    auto const token = issue_token(served<verifying>::address());
    check_nobody(verify<verifying>("", "Cookie: token=" + token + "; tokend=" + token + "\r\n"));
    check_nobody(verify<verifying>("", "X-Original-URI: /?token=" + token + "\r\n"));
    check_nobody(verify<verifying>("", "X-Forwarded-Uri: /?token=" + token + "\r\n"));
    check_nobody(verify<verifying>("?token=" + token, ""));
}

BOOST_AUTO_TEST_CASE(every_parameter_must_hold_and_alternatives_stand_in_one_value)
{
    auto const token = issue_token(served<verifying>::address());
    std::string const unit{first_unit};
    std::string const met[] = {"?organisation=CRMDEMO",
                               "?organisation=crmdemo",
                               "?organisation=CRM%44EMO",
                               "?organisation=ACME|CRMDEMO",
                               "?organisation=ACME%7Ccrmdemo",
                               "?unit=" + unit,
                               "?unit=none|" + unit,
                               "?group=admins",
                               "?group=users|admins",
                               "?group=admins|",
                               "?group=admins&group=admins|users",
                               "?group=%61dmins",
                               "?organisation=CRMDEMO&unit=" + unit + "&group=admins",
                               "?touch=1",
                               "?&&group=admins&",
                               "?"};
    for (auto const& query : met)
        BOOST_TEST_CONTEXT(query) check_bare(verify<verifying>(query, bearer(token)), 200);

    std::string const unmet[] = {"?organisation=ACME",
                                 "?organisation=NOWHERE",
                                 "?organisation=ACME&organisation=CRMDEMO",
                                 "?organisation=CRMDEMO&organisation=ACME",
                                 "?organisation=CRMDEMO&organisation=&unit=none",
                                 "?unit=" + std::string{second_unit},
                                 "?unit=none&unit=" + unit,
                                 "?unit=ee63a82c4febe02ff34e90dd1eba5abe",
                                 "?group=Admins",
                                 "?group=users",
                                 "?group=users&group=admins",
                                 "?group=",
                                 "?group=|",
                                 "?group=admins+",
                                 "?group=admins,users",
                                 "?organisation=CRMDEMO&group=users",
                                 "?organisation=ACME&group=admins"};
    for (auto const& query : unmet)
        BOOST_TEST_CONTEXT(query)
        {
            auto const a = verify<verifying>(query, bearer(token));
            check_bare(a, 403);
            BOOST_TEST(a.count("X-Auth-User") == 0u);
        }
}

BOOST_AUTO_TEST_CASE(a_parameter_that_is_not_known_holds_for_nobody)
{
    auto const token = issue_token(served<verifying>::address());
    for (auto const query :
         {"?groups=admins", "?Group=admins", "?group[]=admins", "?grp=admins", "?other=1", "?touch=0", "?touch",
          "?touch=yes", "?=1", "?group=admins&x", "?token=1", "?groups=", "?groups=all"})
        BOOST_TEST_CONTEXT(query) check_bare(verify<verifying>(query, bearer(token)), 403);
}

BOOST_AUTO_TEST_CASE(the_log_tells_which_parameter_is_not_known_and_which_one_was_not_met)
{
    daemon_process const tokend{{demonstration(), {"--login.failure-time=0ms", "--log.level=debug"}}};
    auto const token = issue_token(tokend.address());
    auto const query = [&](std::string_view q) {
        return ask(tokend.address(), get("/auth/verify" + std::string{q}, bearer(token))).status;
    };
    BOOST_TEST(query("?grups=admins") == 403);
    BOOST_TEST(tokend.logs(R"("parameter":"grups")"));
    BOOST_TEST(tokend.logs("a parameter that is not known: grups"));
    BOOST_TEST(query("?group=users") == 403);
    BOOST_TEST(tokend.logs("not met: group"));
    BOOST_TEST(query("?unit=none") == 403);
    BOOST_TEST(tokend.logs("not met: unit"));
    BOOST_TEST(tokend.log().find("CONSTRAINT_NOT_MET") != std::string::npos);
    BOOST_TEST(tokend.log().find("UNIT_NOT_ALLOWED") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_groups_in_the_answer_are_all_or_those_asked_for_or_none)
{
    temporary_folder const folder;
    std::string const groups = "admins, sales, one-of-many, another-of-many";
    daemon_process const tokend{
        {.configuration = folder.write("tokend.conf", "[backend.many]\nplugin = gives_verdict\nverdict = 1\ngroups = " +
                                                          groups + "\n[organisation.ACME]\nbackends = many\n"),
         .plugins = fake_plugins()}};
    auto const token = issue_token(tokend.address(), R"({"username":"u","password":"p","organisation":"ACME"})");
    auto const told = [&](std::string_view query) {
        auto const a = ask(tokend.address(), get("/auth/verify" + std::string{query}, bearer(token)));
        check_bare(a, 200);
        BOOST_TEST(a.count("X-Auth-Groups") == 1U);
        return a.header("X-Auth-Groups");
    };
    BOOST_TEST(told("").starts_with("admins,sales,"));
    BOOST_TEST(told("?groups=none") == "");
    BOOST_TEST(told("?groups=asked") == "");
    BOOST_TEST(told("?group=sales&groups=asked") == "sales");
    BOOST_TEST(told("?groups=asked&group=nobody|sales|admins") == "admins,sales");
    BOOST_TEST(told("?groups=none&groups=asked&group=sales") == "");
    BOOST_TEST(told("?groups=asked&groups=none&group=sales") == "");
}

BOOST_AUTO_TEST_CASE(a_constraint_never_turns_a_bad_token_into_403)
{
    check_unknown(verify<verifying>("?organisation=ACME", bearer(unknown_token)));
    check_nobody(verify<verifying>("?organisation=ACME", ""));
}

BOOST_AUTO_TEST_CASE(any_verb_and_any_path_below_are_taken)
{
    auto const token = issue_token(served<verifying>::address());
    for (auto const verb : {"GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "PROPFIND", "X-ANY"})
        for (auto const path :
             {"/auth/verify", "/auth/verify/", "/auth/verify/some/where", "/auth/verify/%2e%2e/x?touch=1"})
            BOOST_TEST_CONTEXT(verb << " " << path)
    check_bare(ask(served<verifying>::address(), request(verb, path, bearer(token))), 200);
    raw_client client{served<verifying>::address()};
    client.send(request("HEAD", "/auth/verify", bearer(token)) + std::string{get_health});
    check_bare(client.receive_to_head(), 200);
    BOOST_TEST(client.receive().status == 200);
    check_error(ask(served<verifying>::address(), get("/auth/verifying", bearer(token))), 404, "NOT_FOUND");
}

BOOST_AUTO_TEST_CASE(a_body_is_never_read_and_ends_the_connection)
{
    auto const token = issue_token(served<verifying>::address());
    for (auto const framing :
         {"Content-Length: 100000\r\n", "Content-Length: 45\r\n", "Transfer-Encoding: chunked\r\n"})
        BOOST_TEST_CONTEXT(framing)
        {
            raw_client client{served<verifying>::address()};
            client.send(request("POST", "/auth/verify", bearer(token) + framing) + std::string{get_health});
            auto const answers = client.receive_until_closed();
            BOOST_TEST_REQUIRE(answers.size() == 1u);
            check_bare(answers[0], 200);
        }
}

BOOST_AUTO_TEST_SUITE_END()

namespace {

struct more_sources
{
    static daemon_options options()
    {
        return {demonstration(),
                {"--login.failure-time=0ms", "--http.verify-cookie=sso", "--http.verify-query-token=yes"}};
    }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(verify_more_sources_, *boost::unit_test::fixture<served<more_sources>>())

BOOST_AUTO_TEST_CASE(a_configured_cookie_may_carry_the_token)
{
    auto const token = issue_token(served<more_sources>::address());
    check_bare(verify<more_sources>("", "Cookie: sso=" + token + "\r\n"), 200);
    check_bare(verify<more_sources>("", "Cookie: a=b; sso=" + token + "; c=d\r\n"), 200);
    check_unknown(verify<more_sources>("", "Cookie: sso=x\r\n"));
    check_nobody(verify<more_sources>("", "Cookie: xsso=" + token + "; SSO=" + token + "\r\n"));
}

BOOST_AUTO_TEST_CASE(the_query_of_the_original_request_may_carry_the_token)
{
    auto const token = issue_token(served<more_sources>::address());
    check_bare(verify<more_sources>("", "X-Original-URI: /page?token=" + token + "\r\n"), 200);
    check_bare(verify<more_sources>("", "X-Forwarded-Uri: /page?a=b&token=" + token + "&c\r\n"), 200);
    check_unknown(verify<more_sources>("", "X-Original-URI: /page?token=x\r\n"));
    check_nobody(verify<more_sources>("", "X-Original-URI: /token=" + token + "?xtoken=" + token + "\r\n"));
    check_nobody(verify<more_sources>("?token=" + token, ""));
}

BOOST_AUTO_TEST_CASE(the_sources_keep_their_order)
{
    auto const good = issue_token(served<more_sources>::address());
    auto const original = "X-Original-URI: /?token=" + good + "\r\n";
    auto const cookie = "Cookie: sso=" + good + "\r\n";
    check_unknown(verify<more_sources>("", original + cookie + "X-Auth-Token: x\r\n"));
    check_unknown(verify<more_sources>("", original + "Cookie: sso=x\r\n"));
    check_unknown(verify<more_sources>("", original + cookie + bearer("x")));
    check_bare(verify<more_sources>("", cookie + "X-Original-URI: /?token=x\r\n"), 200);
}

BOOST_AUTO_TEST_SUITE_END()

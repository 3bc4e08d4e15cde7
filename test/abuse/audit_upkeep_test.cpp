// The audit log of what no request decides: reloads, and tokens that end or change because something else does.
#include "abuse/audited_tokend.hpp"
#include "contract/contract.hpp"
#include "support/bytes_of.hpp"

#include <boost/test/unit_test.hpp>

#include <csignal>
#include <filesystem>
#include <string>

namespace tokend::test {
namespace {

// The demonstration's users, with "one" replaced by "other".
std::string users_with(std::string_view one, std::string_view other)
{
    auto text = bytes_of(demonstration().parent_path() / "crmdemo.users");
    auto const at = text.find(one);
    BOOST_TEST_REQUIRE(at != std::string::npos);
    return text.replace(at, one.size(), other);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(audit_upkeep_)

BOOST_AUTO_TEST_CASE(each_reload_is_there_and_why_it_is_refused)
{
    audited_tokend tokend{"drop"};
    tokend.daemon().signal(SIGHUP);
    BOOST_TEST(member(tokend.await("reload", 1).at(0), "code") == "OK");
    tokend.configure(audited_tokend::sections("[server]\nworkers = many\n[sever]\n"));
    tokend.daemon().signal(SIGHUP);
    auto const refused = tokend.await("reload", 2).at(1);
    BOOST_TEST(member(refused, "code") == "REFUSED");
    auto const reason = member(refused, "reason");
    BOOST_TEST(reason.find("workers is 'many'; give a whole number") != std::string::npos, reason);
    BOOST_TEST(reason.find("; ") != std::string::npos);
    BOOST_TEST(reason.find("unknown section [sever]") != std::string::npos, reason);
    tokend.configure(audited_tokend::sections());
    tokend.daemon().signal(SIGHUP);
    BOOST_TEST(member(tokend.await("reload", 3).at(2), "code") == "OK");
    BOOST_TEST(tokend.stop().size() == 3U);
}

BOOST_AUTO_TEST_CASE(a_recheck_that_ends_or_changes_tokens_is_there_and_one_that_does_nothing_is_not)
{
    audited_tokend tokend{"drop"};
    auto const& at = tokend.address();
    issue_token(at);
    issue_token(at);
    issue_token(at, R"({"access_token_identifier":{"authentication_code":"99123456"},"organisation":"CRMDEMO"})");

    tokend.folder().write("crmdemo.users", users_with(":admins", ":sales"));
    tokend.daemon().signal(SIGHUP);
    auto const changed = tokend.await("recheck", 1).at(0);
    BOOST_TEST(member(changed, "organisation") == "CRMDEMO");
    BOOST_TEST(member(changed, "user") == "mpadministrator");
    BOOST_TEST(member(changed, "backend") == "staff");
    BOOST_TEST((member(changed, "changed") == "2" && member(changed, "ended") == "0"));

    tokend.folder().write("crmdemo.users", users_with("mpadministrator:", "somebody-else:"));
    tokend.daemon().signal(SIGHUP);
    auto const ended = tokend.await("recheck", 2).at(1);
    BOOST_TEST(member(ended, "user") == "mpadministrator");
    BOOST_TEST(member(ended, "reason") == "no such user");
    BOOST_TEST((member(ended, "changed") == "0" && member(ended, "ended") == "2"));

    tokend.daemon().signal(SIGHUP);
    tokend.await("reload", 3);
    BOOST_TEST(tokend.stop().size() == 3U + 3U + 2U);  // logins, reloads, rechecks
}

BOOST_AUTO_TEST_CASE(tokens_of_what_is_left_out_end_with_one_record_for_each_backend_of_an_organisation)
{
    audited_tokend tokend{"drop", {}, "[tokens]\nfile = tokens\n"};
    auto const& at = tokend.address();
    issue_token(at);
    issue_token(at);
    issue_token(at, acme_administrator);
    issue_token(at, R"({"access_token_identifier":{"authentication_code":"99123456"},"organisation":"CRMDEMO"})");
    // At a reload the codes go, and with them a backend of CRMDEMO.
    tokend.configure("[tokens]\nfile = tokens\n"
                     "[backend.staff]\nplugin = file\nusers = crmdemo.users\n"
                     "[backend.others]\nplugin = file\nusers = acme.users\n"
                     "[organisation.CRMDEMO]\nbackends = staff\n[organisation.ACME]\nbackends = others\n");
    tokend.daemon().signal(SIGHUP);
    auto const codes = tokend.await("unconfigured", 1).at(0);
    BOOST_TEST((member(codes, "organisation") == "CRMDEMO" && member(codes, "backend") == "codes"));
    BOOST_TEST(member(codes, "ended") == "1");
    // At a start the organisations go.
    tokend.configure("[tokens]\nfile = tokens\n[backend.b]\nplugin = file\nusers = acme.users\n"
                     "[organisation.LATER]\nbackends = b\n");
    tokend.restart();
    auto const gone = tokend.await("unconfigured", 3);
    BOOST_TEST((member(gone[1], "organisation") == "ACME" && member(gone[1], "ended") == "1"));
    BOOST_TEST((member(gone[2], "organisation") == "CRMDEMO" && member(gone[2], "backend") == "staff"));
    BOOST_TEST(member(gone[2], "ended") == "2");
    BOOST_TEST(tokend.stop().size() == 4U + 1U + 3U);  // logins, the reload, these
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tokend::test

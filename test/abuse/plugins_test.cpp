// Plugins that lie, throw or answer for others. Those that block or never answer: test/contract/fake_plugins_test.cpp.
#include "contract/contract.hpp"
#include "support/daemon.hpp"
#include "support/temporary_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>

namespace tokend::test {
namespace {

class daemon_with
{
public:
    explicit daemon_with(std::string const& plugin)
        : tokend_{{.configuration = folder_.write("tokend.conf",
                                                  "[backend.bad]\nplugin = " + plugin +
                                                      "\ndeadline = 300ms\nbreaker-failures = 1000\nmax-in-flight = 2\n"
                                                      "max-queued = 0\n[organisation.BAD]\nbackends = bad\n"
                                                      "[backend.good]\nplugin = gives_verdict\nverdict = 1\n"
                                                      "[organisation.GOOD]\nbackends = good\n"),
                   .arguments = {"--login.failure-time=0ms", "--server.workers=1"},
                   .plugins = fake_plugins()}}
    {}

    answer log_in(std::string_view user, std::string_view organisation = "BAD") const
    {
        return ask(tokend_.address(),
                   post(issue_path, R"({"username":")" + std::string{user} + R"(","password":"p","organisation":")" +
                                        std::string{organisation} + R"("})"));
    }
    // Who the token belongs to that a login gives.
    std::string user_of(answer const& issued) const
    {
        auto const token = check_ok(issued).at("token");
        auto const found = check_ok(ask(tokend_.address(), post(validate_path, token_body(token.as_string()))));
        return std::string{found.at("username").as_string()};
    }
    void check_good() const { BOOST_TEST(user_of(log_in("u", "GOOD")) == "somebody"); }
    bool logs(std::string_view text) const { return tokend_.logs(text); }

private:
    temporary_folder folder_;
    daemon_process tokend_;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(plugins_)

BOOST_AUTO_TEST_CASE(an_answer_that_cannot_be_is_an_outage)
{
    daemon_with const d{"lies"};
    for (auto const* const user :
         {"no-answer", "short", "nameless", "wraps", "endless", "no-utf8", "no-utf8-unit", "control"})
        BOOST_TEST_CONTEXT(user)
        {
            check_error(d.log_in(user), 503, "BACKEND_UNAVAILABLE");
            d.check_good();
            BOOST_TEST(d.user_of(d.log_in("honest")) == "honest");
        }
}

BOOST_AUTO_TEST_CASE(a_credential_that_has_ended_lets_nobody_in)
{
    daemon_with const d{"lies"};
    check_error(d.log_in("overdue"), 401, "INVALID_CREDENTIALS");
}

BOOST_AUTO_TEST_CASE(an_answer_to_a_question_that_is_over_is_nobodys)
{
    daemon_with const d{"lies"};
    for (int i = 0; i < 20; ++i)
    {
        check_error(d.log_in("twice"), 401, "INVALID_CREDENTIALS");
        BOOST_TEST(d.user_of(d.log_in("honest")) == "honest");  // the second answer comes first
    }
}

BOOST_AUTO_TEST_CASE(an_answer_to_a_cancelled_question_lets_nobody_in_and_takes_no_place)
{
    daemon_with const d{"lies"};
    for (int i = 0; i < 4; ++i)
    {
        check_error(d.log_in("cancelled"), 503, "BACKEND_UNAVAILABLE");
        BOOST_TEST(d.logs("answered what was cancelled"));
        BOOST_TEST(d.user_of(d.log_in("honest")) == "honest");
    }
}

BOOST_AUTO_TEST_CASE(an_answer_to_a_question_that_nobody_asked_lets_nobody_in)
{
    daemon_with const d{"lies"};
    for (int i = 0; i < 4; ++i)
    {
        check_error(d.log_in("others"), 503, "BACKEND_UNAVAILABLE");
        BOOST_TEST(d.user_of(d.log_in("honest")) == "honest");
    }
}

BOOST_AUTO_TEST_CASE(an_exception_is_an_outage)
{
    daemon_with const d{"throws"};
    for (int i = 0; i < 4; ++i)
        for (auto const* const user : {"standard", "memory", "other"})
            check_error(d.log_in(user), 503, "BACKEND_UNAVAILABLE");
    BOOST_TEST(d.logs("a plugin's trouble"));
    check_error(d.log_in("after-its-answer"), 401, "INVALID_CREDENTIALS");
    d.check_good();
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tokend::test

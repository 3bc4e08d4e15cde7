// A tokend that cannot be asked is an outage, and lets nobody in.
#include "contract/contract.hpp"
#include "recipes/protected_application.hpp"

#include <boost/test/unit_test.hpp>

#include <csignal>

namespace tokend::test {

BOOST_FIXTURE_TEST_SUITE(outages_, protected_application)

BOOST_AUTO_TEST_CASE(without_tokend_nobody_gets_in)
{
    auto const token = bearer(token_of_admin());
    check_allowed(get("/", token));
    tokend().stop();
    for (auto const* const path : {"/", "/admin"})
    {
        auto const response = get(path, token);
        check_refused(response, 503);
        BOOST_TEST(response["Retry-After"] == "5");
        check_refused(get(path), 503);
        check_refused(ask("POST", path, token, std::string(300'000, 'x')), 503);
    }
}

// The application, which is asked for what it never answers, shows whose timeout it is: the proxy's for the application
// is ten times longer than its timeout for tokend.
BOOST_AUTO_TEST_CASE(a_tokend_that_hangs_is_given_up_soon)
{
    auto const token = bearer(token_of_admin());
    browser waits{address()};
    waits.send(request_text("GET", "/slow", token));
    BOOST_TEST_REQUIRE(eventually([this] { return app().waiting() == 1U; }));
    app().take_received();
    tokend().signal(SIGSTOP);
    check_refused(get("/", token), 503);
    check_refused(get("/admin"), 503);
    BOOST_TEST(app().waiting() == 1U);
    tokend().signal(SIGCONT);
    check_allowed(get("/", token));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tokend::test

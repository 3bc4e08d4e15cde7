// A day that the wall clock jumps, forwards and back. A preloaded library sets the clock of tokend alone
// (test/preload/steps_clock.c).
#include "contract/contract.hpp"
#include "support/daemon.hpp"
#include "support/temporary_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace tokend::test {
namespace {

constexpr std::string_view guess = R"({"username":"roamer","password":"guess","organisation":"CRMDEMO"})";

class jumping_daemon
{
public:
    jumping_daemon(std::string const& seconds, std::vector<std::string> const& arguments)
        : tokend_{{.configuration = demonstration(),
                   .arguments = arguments,
                   .environment = {std::string{"LD_PRELOAD="} + TEST_STEPS_CLOCK,
                                   "STEP_WHEN=" + (folder_ / "step").string(), "STEP_SECONDS=" + seconds}}}
    {}
    answer ask(std::string_view request) const { return test::ask(tokend_.address(), request); }
    std::string const& address() const noexcept { return tokend_.address(); }
    void jump() const
    {
        folder_.write("step", "");
        BOOST_TEST_REQUIRE(tokend_.logs("the wall clock was set"));
    }

private:
    temporary_folder folder_;
    daemon_process tokend_;
};

constexpr auto* a_day = "86400";
constexpr auto* minus_a_day = "-86400";

}  // namespace

BOOST_AUTO_TEST_SUITE(clock_jump_)

BOOST_AUTO_TEST_CASE(tokens_keep_their_end)
{
    for (auto const* const jump : {a_day, minus_a_day})
        BOOST_TEST_CONTEXT(jump)
        {
            jumping_daemon const d{jump, {"--organisation.ACME.max-lifetime=2h"}};
            auto const token = issue_token(d.address());
            auto const sliding = issue_token(d.address(), acme_administrator);
            auto const short_lived_until = [&](std::string const& t) {
                return check_ok(d.ask(post(validate_path, token_body(t)))).at("expires_at");
            };
            auto const end = short_lived_until(token);
            d.jump();
            BOOST_TEST((short_lived_until(token) == end));
            BOOST_TEST(is_active(d.address(), sliding));
            auto const renewed = check_ok(d.ask(post(renew_path, token_body(sliding)))).at("expires_in").as_int64();
            BOOST_TEST((renewed > 3000 && renewed <= 3600), renewed);
            auto const left = check_ok(d.ask(post(validate_path, token_body(token)))).at("expires_in").as_int64();
            BOOST_TEST((left > 3000 && left <= 3600), left);
            auto const fresh = d.ask(post(issue_path, administrator));
            BOOST_TEST(fresh.header("X-Token-Expires-In") == "3600");
            check_ok(fresh);
        }
}

BOOST_AUTO_TEST_CASE(a_token_ends_on_time)
{
    for (auto const* const jump : {a_day, minus_a_day})
        BOOST_TEST_CONTEXT(jump)
        {
            jumping_daemon const d{jump, {"--organisation.CRMDEMO.lifetime=3s"}};
            auto const token = issue_token(d.address());
            d.jump();
            BOOST_TEST(eventually([&] { return !is_active(d.address(), token); }));
        }
}

BOOST_AUTO_TEST_CASE(who_is_locked_out_stays_so_and_nobody_else_is)
{
    for (auto const* const jump : {a_day, minus_a_day})
        BOOST_TEST_CONTEXT(jump)
        {
            jumping_daemon const d{jump, {"--login.lockout-failures=2", "--login.failure-time=0ms"}};
            check_error(d.ask(post(issue_path, guess)), 401, "INVALID_CREDENTIALS");
            std::string_view const another = R"({"username":"roamer","password":"other","organisation":"CRMDEMO"})";
            check_error(d.ask(post(issue_path, another)), 401, "INVALID_CREDENTIALS");
            d.jump();
            auto const refused = d.ask(post(issue_path, guess));
            check_error(refused, 429, "TOO_MANY_ATTEMPTS");
            auto const wait = std::stoi(refused.header("Retry-After"));
            BOOST_TEST((wait > 600 && wait <= 900), wait);
            check_ok(d.ask(post(issue_path, administrator)));
        }
}

BOOST_AUTO_TEST_CASE(a_rate_that_is_used_up_stays_so)
{
    for (auto const* const jump : {a_day, minus_a_day})
        BOOST_TEST_CONTEXT(jump)
        {
            // One request comes back each second. A jump of a day must bring no more of them.
            jumping_daemon const d{jump, {"--organisation.CRMDEMO.rate=1", "--organisation.CRMDEMO.burst=100"}};
            int served = 0;
            while (d.ask(post(issue_path, administrator)).status == 200 && served < 1000)
                ++served;
            BOOST_TEST((served >= 100 && served < 1000), served);
            d.jump();
            int more = 0;
            while (d.ask(post(issue_path, administrator)).status == 200 && more < 100)
                ++more;
            BOOST_TEST(more < 90, more);
        }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tokend::test

// GET /metrics, as Prometheus reads it.
#include "admin/administered_tokend.hpp"
#include "contract/contract.hpp"
#include "support/certificates.hpp"
#include "support/process.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <string>
#include <string_view>

using namespace tokend::test;

namespace {

struct fixture
{
    temporary_folder sockets{};
    std::string const at = "unix:" + (sockets / "metrics.sock").string();
    administered_tokend tokend{"viewer", "[listen.metrics]\naddress = " + at + "\n"};

    answer scrape(std::string_view headers = {}) const { return ask(at, get("/metrics", headers)); }
    bool has(std::string const& line) const { return scrape().body.find('\n' + line + '\n') != std::string::npos; }
};

constexpr char const* promtool = "/usr/bin/promtool";

// Runs promtool with these words, and returns what it finds wrong; empty if all is well.
std::string complaint(std::string const& command)
{
    process checking{"/bin/sh", {"-c", std::string{promtool} + ' ' + command + " 2>&1"}};
    std::string said;
    while (auto const line = checking.read_line(within(std::chrono::seconds{15})))
        said += *line + '\n';
    return checking.wait(within(std::chrono::seconds{15})) == 0 ? std::string{} : "failed: " + said;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(metrics_, fixture)

BOOST_AUTO_TEST_CASE(requests_and_logins_are_counted)
{
    auto const token = issue_token(tokend.address());
    ask(tokend.address(), post(issue_path, R"({"username":"roamer","password":"x","organisation":"crmdemo"})"));
    ask(tokend.address(), post(issue_path, R"({"username":"roamer","password":"x","organisation":"NOBODY"})"));
    BOOST_TEST(is_active(tokend.address(), token));
    BOOST_TEST(has(R"(tokend_http_requests_total{route="issue",code="OK"} 1)"));
    BOOST_TEST(has(R"(tokend_http_requests_total{route="issue",code="INVALID_CREDENTIALS"} 2)"));
    BOOST_TEST(has(R"(tokend_http_requests_total{route="validate",code="OK"} 1)"));
    BOOST_TEST(has(R"(tokend_logins_total{organisation="CRMDEMO",backend="staff",result="OK"} 1)"));
    BOOST_TEST(has(R"(tokend_logins_total{organisation="CRMDEMO",backend="",result="INVALID_CREDENTIALS"} 1)"));
    BOOST_TEST(has(R"(tokend_logins_total{organisation="",backend="",result="INVALID_CREDENTIALS"} 1)"));
    BOOST_TEST(has(R"(tokend_http_request_duration_seconds_count{route="issue"} 3)"));
    BOOST_TEST(has("tokend_tokens_live 1"));
    BOOST_TEST(has("tokend_ready 1"));
    BOOST_TEST(has(R"(tokend_backend_up{backend="staff"} 1)"));
    BOOST_TEST(has(R"(tokend_backend_request_duration_seconds_count{backend="others"} 0)"));
    BOOST_TEST(eventually([&] { return has(R"(tokend_http_connections{listener="metrics"} 1)"); }));
    BOOST_TEST(has("tokend_config_last_reload_successful 1"));
    tokend.served().configure("[tokens]\nlifetime = never\n");
    tokend.ask_as_admin(post("/admin/v1/reload", {}));
    BOOST_TEST(has("tokend_config_last_reload_successful 0"));
}

BOOST_AUTO_TEST_CASE(tokens_are_counted_by_why_they_ended)
{
    auto const released = issue_token(tokend.address());
    issue_token(tokend.address());
    auto const kept = issue_token(tokend.address());
    check_ok(ask(tokend.address(), post(release_path, token_body(released))));
    check_ok(
        ask(tokend.address(), post(switch_path, token_body(kept, R"("unit":")" + std::string{second_unit} + '"'))));
    check_ok(tokend.ask_as_admin(post("/admin/v1/sessions/revoke", R"({"organisation":"CRMDEMO"})")));
    BOOST_TEST(has("tokend_tokens_issued_total 4"));
    BOOST_TEST(has(R"(tokend_tokens_ended_total{reason="released"} 1)"));
    BOOST_TEST(has(R"(tokend_tokens_ended_total{reason="switched"} 1)"));
    BOOST_TEST(has(R"(tokend_tokens_ended_total{reason="revoked"} 2)"));
    BOOST_TEST(has(R"(tokend_tokens_ended_total{reason="evicted"} 0)"));
    BOOST_TEST(has(R"(tokend_tokens_ended_total{reason="expired"} 0)"));
    BOOST_TEST(has("tokend_lockouts 0"));
    for (auto const* const guess : {"1", "2"})
        ask(tokend.address(), post(issue_path, R"({"username":"roamer","organisation":"ACME","password":")" +
                                                   std::string{guess} + R"("})"));
    BOOST_TEST(has("tokend_lockouts 1"));
}

BOOST_AUTO_TEST_CASE(a_certificate_that_is_replaced_is_shown_with_its_new_end)
{
    auto const write = [&](std::chrono::hours until) {
        auto const made = issue({.until = until});
        return sockets.write("both.pem", made.pem() + made.key_pem()).string();
    };
    auto const file = write(std::chrono::hours{24 * 10});
    administered_tokend const secure{"viewer", "[listen.metrics]\naddress = " + at + "2\n[listen.secure]\n" +
                                                   "address = 127.0.0.3:0\ntls-certificates = " + file + '\n'};
    auto const end = [&] {
        auto const text = ask(at + "2", get("/metrics")).body;
        auto const name = text.find("tokend_tls_certificate_expiry_seconds{listener=\"secure\"");
        BOOST_TEST_REQUIRE(name != std::string::npos);
        return std::stod(text.substr(text.find("} ", name) + 2));
    };
    auto const before = end();
    write(std::chrono::hours{24 * 90});
    BOOST_TEST(eventually([&] { return end() > before + 79 * 86400; }));
}

BOOST_AUTO_TEST_CASE(both_formats_are_those_that_prometheus_reads)
{
    auto const old = scrape();
    BOOST_TEST(old.status == 200);
    BOOST_TEST(old.header("Content-Type") == "text/plain; version=0.0.4; charset=utf-8");
    auto const open = scrape("Accept: application/openmetrics-text;version=1.0.0,text/plain;q=0.5\r\n");
    BOOST_TEST(open.header("Content-Type") == "application/openmetrics-text; version=1.0.0; charset=utf-8");
    BOOST_TEST(open.body.ends_with("# EOF\n"));
    BOOST_TEST(open.body.find("# TYPE tokend_logins counter\n") != std::string::npos);
    BOOST_TEST(ask(tokend.address(), get("/metrics")).status == 404);
    BOOST_TEST(ask(tokend.unix_address(), get("/metrics")).status == 404);
    BOOST_TEST(ask(at, get("/readyz")).body.find("\"checks\"") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(promtool_finds_nothing_wrong)
{
    if (!std::filesystem::exists(promtool))
    {
        BOOST_TEST_MESSAGE("not run: there is no promtool; install prometheus");
        return;
    }
    issue_token(tokend.address());
    auto const file = sockets.write("metrics", scrape().body);
    BOOST_TEST(complaint("check metrics < " + file.string()) == "");
    BOOST_TEST(complaint(std::string{"check rules "} + TEST_RULES) == "");
}

BOOST_AUTO_TEST_SUITE_END()

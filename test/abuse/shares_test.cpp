// More live tokens than a user or an organisation may have.
#include "contract/contract.hpp"
#include "support/daemon.hpp"
#include "support/temporary_folder.hpp"

#include <boost/json/array.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <csignal>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace tokend::test {
namespace {

constexpr std::string_view sessions_path = "/authentication/sessions";
constexpr std::string_view code =
    R"({"access_token_identifier":{"authentication_code":"99123456"},"organisation":"CRMDEMO"})";
constexpr std::string_view identifier =
    R"({"access_token_identifier":{"identifier":"jsmith","pass_code":"4711"},"organisation":"CRMDEMO"})";
constexpr std::string_view api_key_header = "Authorization: Basic ZGVtby1hcGkta2V5LTE6\r\n";  // demo-api-key-1:

daemon_options demo(std::vector<std::string> arguments)
{
    return {.configuration = demonstration(), .arguments = std::move(arguments)};
}
std::string crmdemo(std::string const& setting) { return "--organisation.CRMDEMO." + setting; }

// The demonstration's tenants in a file of the test's own, with these settings.
std::string two_tenants(std::string const& crmdemo_settings, std::string const& tokens = {})
{
    auto const data = demonstration().parent_path().string();
    return "[tokens]\n" + tokens + "[backend.codes]\nplugin = access_token\ntable = " + data +
           "/access_tokens\nkey-file = " + data +
           "/access_tokens.key\n[backend.staff]\nplugin = file\nusers = " + data +
           "/crmdemo.users\n[backend.acme]\nplugin = file\nusers = " + data +
           "/acme.users\n[organisation.CRMDEMO]\nbackends = staff, codes\n" + crmdemo_settings +
           "[organisation.ACME]\nbackends = acme\n";
}
daemon_options of_file(std::filesystem::path file, std::vector<std::string> more = {})
{
    more.emplace_back("--server.allow-loose-modes=yes");
    return {.configuration = std::move(file), .arguments = std::move(more)};
}

std::string login(std::string_view body = administrator) { return post(issue_path, body); }

// How many logins on one connection succeed before the first that does not, and that one.
struct flood
{
    int succeeded = 0;
    answer refused;
};
flood flood_with(daemon_process const& tokend, std::string_view body, int most)
{
    constexpr int at_once = 16;
    flood f;
    raw_client client{tokend.address()};
    std::string requests;
    for (int i = 0; i < at_once; ++i)
        requests += login(body);
    while (f.succeeded <= most)
    {
        client.send(requests);
        for (int i = 0; i < at_once; ++i)
            if (auto const a = client.receive(); a.status == 200)
                ++f.succeeded;
            else
                f.refused = a;
        if (f.refused.status != 0)
            return f;
    }
    return f;
}

std::size_t count_sessions(daemon_process const& tokend, std::string_view token)
{
    return check_ok(ask(tokend.address(), post(sessions_path, token_body(token, R"("limit":1000)"))))
        .at("sessions")
        .as_array()
        .size();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(shares_)

BOOST_AUTO_TEST_CASE(one_code_fills_the_share_of_its_organisation_and_the_other_tenant_goes_on)
{
    daemon_process const tokend{demo({"--tokens.capacity=400", crmdemo("max-tokens=50%")})};
    auto const attack = flood_with(tokend, code, 400);
    BOOST_TEST(attack.succeeded == 200);
    check_error(attack.refused, 503, "TOKEN_STORE_FULL");
    check_error(ask(tokend.address(), login()), 503, "TOKEN_STORE_FULL");
    BOOST_TEST(tokend.logs("the organisation has max-tokens tokens"));
    auto const others = flood_with(tokend, acme_administrator, 400);
    BOOST_TEST(others.succeeded == 200);
    check_error(others.refused, 503, "TOKEN_STORE_FULL");
    BOOST_TEST(tokend.logs("the token table is full"));
}

BOOST_AUTO_TEST_CASE(without_a_word_in_the_configuration_a_code_has_10000_tokens_and_an_organisation_half)
{
    temporary_folder const folder;
    daemon_process const tokend{of_file(folder.write("tokend.conf", two_tenants("", "capacity = 20010\n")))};
    auto const attack = flood_with(tokend, code, 20'010);
    BOOST_TEST(attack.succeeded == 10'000);
    check_error(attack.refused, 429, "SESSION_LIMIT");
    for (int i = 0; i < 5; ++i)
        check_ok(ask(tokend.address(), login(identifier)));
    check_error(ask(tokend.address(), login(identifier)), 503, "TOKEN_STORE_FULL");
    check_ok(ask(tokend.address(), login(acme_administrator)));
}

BOOST_AUTO_TEST_CASE(the_demonstration_and_an_only_organisation_may_fill_the_table)
{
    for (auto const* const body : {"CRMDEMO", "ACME"})
    {
        daemon_process const tokend{demo({"--tokens.capacity=300"})};
        auto const all = flood_with(tokend, std::string_view{body} == "ACME" ? acme_administrator : code, 300);
        BOOST_TEST(all.succeeded == 300);
        check_error(all.refused, 503, "TOKEN_STORE_FULL");
    }
    temporary_folder const folder;
    auto text = two_tenants("", "capacity = 300\n");
    text.resize(text.find("[organisation.ACME]"));
    daemon_process const tokend{of_file(folder.write("tokend.conf", text))};
    BOOST_TEST(flood_with(tokend, code, 300).succeeded == 300);
}

BOOST_AUTO_TEST_CASE(a_refusal_reads_so_to_the_letter)
{
    daemon_process const tokend{demo({crmdemo("max-sessions=1"), "--http.legacy-always-200=yes"})};
    check_ok(ask(tokend.address(), login()));
    raw_client client{tokend.address()};
    client.send(post(issue_path, administrator, "X-Request-Id: r-1\r\nConnection: close\r\n"));
    auto text = client.receive_bytes_until_closed();
    auto const date = text.find("Date: ");
    BOOST_TEST_REQUIRE(date != text.npos);
    text.erase(date, text.find("\r\n", date) + 2 - date);
    BOOST_TEST(text.starts_with("HTTP/1.1 429 Too Many Requests\r\n"), text);
    for (auto const* const line : {"\r\nRetry-After: 1\r\n", "\r\nCache-Control: no-store\r\n",
                                   "\r\nContent-Type: application/json\r\n", "\r\nX-Request-Id: r-1\r\n"})
        BOOST_TEST(text.find(line) != text.npos, text);
    BOOST_TEST(
        text.substr(text.find("\r\n\r\n") + 4) ==
        R"({"status":{"code":"SESSION_LIMIT","message":"Too many active tokens.","description":null},"data":{}})");
    auto const legacy = ask(tokend.address(), post("/crmapi/rest/v2/authentication/token", administrator));
    BOOST_TEST(legacy.status == 200);
    BOOST_TEST(legacy.body == error_body("SESSION_LIMIT", message_of("SESSION_LIMIT")));
    BOOST_TEST(tokend.logs("the user has max-sessions tokens"));
}

BOOST_AUTO_TEST_CASE(a_user_is_counted_over_units_and_ways_to_log_in)
{
    daemon_process const tokend{demo({crmdemo("max-sessions=2")})};
    auto const with_unit = [](std::string_view unit) {
        std::string body{administrator};
        return login(body.insert(body.size() - 1, R"(,"unit":")" + std::string{unit} + '"'));
    };
    check_ok(ask(tokend.address(), with_unit(first_unit)));
    check_ok(ask(tokend.address(), with_unit(second_unit)));
    check_error(ask(tokend.address(), login()), 429, "SESSION_LIMIT");
    auto const with_key = post(api_key_path, R"({"organisation":"CRMDEMO"})", api_key_header);
    check_ok(ask(tokend.address(), with_key));
    check_ok(
        ask(tokend.address(),
            login(R"({"access_token_identifier":{"authentication_code":"demo-api-key-1"},"organisation":"crmdemo"})")));
    check_error(ask(tokend.address(), with_key), 429, "SESSION_LIMIT");
    check_ok(ask(tokend.address(), login(code)));
    check_ok(ask(tokend.address(), login(acme_administrator)));
}

BOOST_AUTO_TEST_CASE(a_release_or_a_switch_of_the_unit_works_at_the_limit)
{
    daemon_process const tokend{demo({"--tokens.capacity=2", crmdemo("max-sessions=2"), crmdemo("max-tokens=2")})};
    auto token = issue_token(tokend.address());
    auto const other = issue_token(tokend.address());
    for (auto const unit : {second_unit, first_unit, second_unit})
    {
        auto const switched = check_ok(
            ask(tokend.address(), post(switch_path, token_body(token, R"("unit":")" + std::string{unit} + '"'))));
        BOOST_TEST(!is_active(tokend.address(), token));
        token = std::string{switched.at("token").as_string()};
        BOOST_TEST(is_active(tokend.address(), token));
        check_error(ask(tokend.address(), login()), 429, "SESSION_LIMIT");
    }
    check_ok(ask(tokend.address(), post(release_path, token_body(token))));
    check_ok(ask(tokend.address(), login()));
    BOOST_TEST(is_active(tokend.address(), other));
    check_error(ask(tokend.address(), login()), 429, "SESSION_LIMIT");
}

BOOST_AUTO_TEST_CASE(evict_oldest_ends_the_oldest_session_and_the_log_names_it)
{
    daemon_process const tokend{
        demo({"--tokens.capacity=2", crmdemo("max-sessions=2"), crmdemo("sessions-policy=evict-oldest")})};
    raw_client client{tokend.address()};
    std::vector<std::string> tokens;
    std::vector<std::string> accessors;
    for (int i = 0; i < 5; ++i)
    {
        client.send(login());
        auto const a = client.receive();
        tokens.emplace_back(check_ok(a).at("token").as_string());
        accessors.push_back(a.header("X-Token-Accessor"));
    }
    for (std::size_t i = 0; i < tokens.size(); ++i)
        BOOST_TEST(is_active(tokend.address(), tokens[i]) == (i >= 3));
    BOOST_TEST(count_sessions(tokend, tokens[4]) == 2U);
    for (std::size_t i = 0; i < 3; ++i)
        BOOST_TEST(tokend.logs("the oldest session ended: " + accessors[i]));
    check_error(ask(tokend.address(), login(acme_administrator)), 503, "TOKEN_STORE_FULL");
}

BOOST_AUTO_TEST_CASE(of_a_hundred_logins_at_once_as_many_succeed_as_may)
{
    for (bool const evicts : {false, true})
    {
        daemon_process const tokend{
            demo({crmdemo("max-sessions=7"),
                  crmdemo(evicts ? "sessions-policy=evict-oldest" : "sessions-policy=reject"), "--server.workers=4"})};
        std::deque<raw_client> clients;
        for (int i = 0; i < 100; ++i)
        {
            clients.emplace_back(tokend.address());
            clients.back().send(login(code));
        }
        std::vector<std::string> tokens;
        for (auto& c : clients)
            if (auto const a = c.receive(); a.status == 200)
                tokens.emplace_back(check_ok(a).at("token").as_string());
            else
                check_error(a, 429, "SESSION_LIMIT");
        BOOST_TEST(tokens.size() == (evicts ? 100U : 7U));
        auto const live =
            std::ranges::count_if(tokens, [&](auto const& token) { return is_active(tokend.address(), token); });
        BOOST_TEST(live == 7);
    }
}

BOOST_AUTO_TEST_CASE(a_session_that_has_expired_makes_room_at_once)
{
    daemon_process const tokend{
        demo({crmdemo("max-sessions=2"), crmdemo("lifetime=2s"), "--tokens.sweep-interval=1m"})};
    auto const first = issue_token(tokend.address());
    check_ok(ask(tokend.address(), login()));
    BOOST_TEST(eventually([&] { return !is_active(tokend.address(), first); }));
    check_ok(ask(tokend.address(), login()));
}

BOOST_AUTO_TEST_CASE(a_restart_keeps_the_counts)
{
    temporary_folder const folder;
    auto const options = [&](std::string const& more) {
        return demo({"--tokens.file=" + (folder.path() / "tokens").string(), crmdemo("max-sessions=3"),
                     crmdemo("max-tokens=4"), more});
    };
    std::string oldest;
    {
        daemon_process tokend{options(crmdemo("sessions-policy=reject"))};
        oldest = issue_token(tokend.address(), code);
        BOOST_TEST(flood_with(tokend, code, 3).succeeded == 2);
        check_ok(ask(tokend.address(), login()));
        tokend.stop();
    }
    {
        daemon_process tokend{options(crmdemo("sessions-policy=reject"))};
        check_error(ask(tokend.address(), login(code)), 429, "SESSION_LIMIT");
        check_error(ask(tokend.address(), login()), 503, "TOKEN_STORE_FULL");
        check_ok(ask(tokend.address(), login(acme_administrator)));
        BOOST_TEST(is_active(tokend.address(), oldest));
        tokend.stop();
    }
    daemon_process const tokend{options(crmdemo("sessions-policy=evict-oldest"))};
    auto const newest = issue_token(tokend.address(), code);
    BOOST_TEST(count_sessions(tokend, newest) == 3U);
    check_error(ask(tokend.address(), login()), 503, "TOKEN_STORE_FULL");
}

BOOST_AUTO_TEST_CASE(a_reload_changes_the_limits_and_ends_nothing)
{
    temporary_folder const folder;
    daemon_process const tokend{of_file(folder.write("tokend.conf", two_tenants("max-sessions = 3\n")))};
    auto const reload = [&](std::string const& settings) {
        auto const before = tokend.log().size();
        folder.write("tokend.conf", two_tenants(settings));
        tokend.signal(SIGHUP);
        return eventually([&] { return tokend.log(before).find(R"("reloaded")") != std::string::npos; });
    };
    std::vector<std::string> tokens;
    for (int i = 0; i < 3; ++i)
        tokens.push_back(issue_token(tokend.address(), code));
    BOOST_TEST(reload("max-sessions = 1\n"));
    check_error(ask(tokend.address(), login(code)), 429, "SESSION_LIMIT");
    for (auto const& token : tokens)
        BOOST_TEST(is_active(tokend.address(), token));
    BOOST_TEST(reload("max-tokens = 3\n"));
    check_error(ask(tokend.address(), login(code)), 503, "TOKEN_STORE_FULL");
    BOOST_TEST(reload("max-sessions = 3\nsessions-policy = evict-oldest\nmax-tokens = 1\n"));
    check_ok(ask(tokend.address(), login(code)));
    BOOST_TEST(!is_active(tokend.address(), tokens[0]));
    BOOST_TEST(is_active(tokend.address(), tokens[1]));
    BOOST_TEST(reload("max-sessions = none\n"));
    BOOST_TEST(flood_with(tokend, code, 100).succeeded > 100);
}

BOOST_AUTO_TEST_CASE(check_refuses_wrong_values_with_file_and_line)
{
    temporary_folder const folder;
    auto const text = two_tenants("max-tokens = 101%\nmax-sessions = 0\nsessions-policy = evict\n");
    auto const file = folder.write("tokend.conf", text);
    auto const line =
        1 + std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(text.find("max-t")), '\n');
    auto const checked = start_in_vain(of_file(file, {"--check"}));
    BOOST_TEST(checked.status == 78);
    auto const expect = [&](std::ptrdiff_t behind, std::string const& what) {
        BOOST_TEST(checked.log.find(file.string() + ':' + std::to_string(line + behind) + ": " + what) !=
                       std::string::npos,
                   checked.log);
    };
    expect(0, "max-tokens is '101%'; give a whole number from 1 to 100000000, or a percentage of the capacity from 1% "
              "to 100%, or nothing");
    expect(1, "max-sessions is '0'; give a whole number from 1 to 100000000, or none");
    expect(2, "sessions-policy is 'evict'; give one of reject, evict-oldest");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tokend::test

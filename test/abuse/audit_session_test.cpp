// The audit log of a session: each decision is there once, and nothing else.
#include "abuse/audited_tokend.hpp"
#include "contract/contract.hpp"
#include "support/bytes_of.hpp"

#include <boost/json/parse.hpp>
#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <csignal>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace tokend::test {
namespace {

using namespace std::string_view_literals;

// A record that must be there; empty members are those of what is not known.
struct expected
{
    std::string event;
    std::string code;
    std::string user{};  // ORGANISATION:user
    std::string backend{};
    std::string unit{};
    std::string accessor{};
};

expected found(boost::json::object const& r)
{
    auto const organisation = member(r, "organisation");
    auto const user = member(r, "user");
    return {
        member(r, "event"),   member(r, "code"), organisation.empty() && user.empty() ? "" : organisation + ':' + user,
        member(r, "backend"), member(r, "unit"), member(r, "accessor")};
}

std::string text_of(expected const& e)
{
    return e.event + ' ' + e.code + ' ' + e.user + ' ' + e.backend + ' ' + e.unit + ' ' + e.accessor;
}

std::string basic(std::string_view encoded) { return "Authorization: Basic " + std::string{encoded} + "\r\n"; }

std::string login(std::string_view user, std::string_view password, std::string_view organisation = "CRMDEMO",
                  std::string_view more = {})
{
    return std::string{R"({"username":")"}
        .append(user)
        .append(R"(","password":")")
        .append(password)
        .append(R"(","organisation":")")
        .append(organisation)
        .append("\"")
        .append(more)
        .append("}");
}

std::string access_token(std::string_view members)
{
    return R"({"access_token_identifier":{)" + std::string{members} + R"(},"organisation":"CRMDEMO"})";
}

// One client, and the records that its requests must leave.
class session
{
public:
    explicit session(audited_tokend const& tokend) : client_{tokend.address()} {}

    // Sends a request with an id of its own.
    answer ask(std::string_view verb, std::string_view target, std::string_view headers, std::string_view body,
               std::vector<expected> const& records)
    {
        auto const id = "request-" + std::to_string(expected_.size());
        auto lines = "X-Request-Id: " + id + "\r\n" + std::string{headers};
        if (!body.empty())
            lines += "Content-Type: application/json\r\n";
        client_.send(request(verb, target, lines, body));
        expected_.emplace_back(id, records);
        return client_.receive();
    }
    answer post(std::string_view target, std::string_view body, std::vector<expected> const& records = {})
    {
        return ask("POST", target, {}, body, records);
    }
    // Returns the token that the answer holds.
    std::string issue(std::string_view body, expected record)
    {
        auto const a = post(issue_path, body, {});
        record.accessor = accessor_ = a.header("X-Token-Accessor");
        expected_.back().second = {record};
        return token_of(a);
    }
    static std::string token_of(answer const& a) { return std::string{check_ok(a).at("token").as_string()}; }
    std::string const& accessor() const noexcept { return accessor_; }  // of the last token
    // Changes what the last request must leave.
    void expect(expected record) { expected_.back().second = {std::move(record)}; }

    // Checks that the records are those of the requests, in their order, and no others.
    void check(std::vector<boost::json::object> const& records) const
    {
        std::vector<std::string> want;
        std::vector<std::string> have;
        for (auto const& [id, ones] : expected_)
            for (auto const& one : ones)
                want.push_back(id + ' ' + text_of(one));
        for (auto const& r : records)
        {
            have.push_back(member(r, "request_id") + ' ' + text_of(found(r)));
            BOOST_TEST(member(r, "client") == "127.0.0.1");
            BOOST_TEST((member(r, "event") == "lockout" || !member(r, "us").empty()));
        }
        BOOST_TEST(have == want, boost::test_tools::per_element());
    }

private:
    raw_client client_;
    std::vector<std::pair<std::string, std::vector<expected>>> expected_;
    std::string accessor_;
};

// Logins, good and bad.
void log_in(session& s)
{
    auto const unit = std::string{first_unit};
    s.issue(administrator, {"issue", "OK", "CRMDEMO:mpadministrator", "staff", unit});
    s.issue(access_token(R"("authentication_code":"99123456")"), {"issue", "OK", "CRMDEMO:kiosk-7", "codes", unit});
    s.issue(access_token(R"("identifier":"jsmith","pass_code":"4711")"),
            {"issue", "OK", "CRMDEMO:jsmith", "codes", unit});
    auto const by_key = s.ask("POST", api_key_path, basic("ZGVtby1hcGkta2V5LTE6"), {}, {});
    s.expect({"web_api_key", "OK", "CRMDEMO:robot", "codes", unit, by_key.header("X-Token-Accessor")});
    s.ask("POST", api_key_path, {}, {}, {{"web_api_key", "INVALID_CREDENTIALS"}});
    s.post(issue_path, login("mpadministrator", "hunter2"),
           {{"issue", "INVALID_CREDENTIALS", "CRMDEMO:mpadministrator"}});
    s.post(issue_path, login("nobody", "1234"), {{"issue", "INVALID_CREDENTIALS", "CRMDEMO:nobody"}});
    s.post(issue_path, login("alice", "1234", "NOWHERE"), {{"issue", "INVALID_CREDENTIALS", "NOWHERE:alice"}});
    s.post(issue_path, login("leaver", "gone-1"), {{"issue", "INVALID_CREDENTIALS", "CRMDEMO:leaver"}});
    s.post(issue_path, login("roamer", "wander-1"), {{"issue", "NO_DEFAULT_UNIT", "CRMDEMO:roamer"}});
    s.post(issue_path, login("roamer", "wander-1", "CRMDEMO", R"(,"unit":"SOUTH")"),
           {{"issue", "UNIT_NOT_ALLOWED", "CRMDEMO:roamer", "", "SOUTH"}});
    s.post(issue_path, access_token(R"("authentication_code":"31415926")"),
           {{"issue", "INVALID_CREDENTIALS", "CRMDEMO:"}});
}

// Requests that decide nothing, or succeed without a change.
void decide_nothing(session& s)
{
    auto const token =
        s.issue(administrator, {"issue", "OK", "CRMDEMO:mpadministrator", "staff", std::string{first_unit}});
    s.post(issue_path, "{");
    s.post(issue_path, R"({"username":"a"})");
    s.post(issue_path, R"({"username":7,"password":"b","organisation":"c"})");
    s.post("/nowhere", "{}");
    s.ask("GET", issue_path, {}, {}, {});
    s.post(validate_path, token_body(token));
    s.post(validate_path, token_body(unknown_token));
    s.post(release_path, "{}");
    s.post("/authentication/sessions", token_body(token));
    s.ask("GET", "/auth/verify?group=admins", bearer(token), {}, {});
    s.ask("GET", "/auth/verify", {}, {}, {});
    s.ask("GET", "/healthz", {}, {}, {});
}

// What happens to tokens.
void use_tokens(session& s)
{
    auto const admin = std::string{"CRMDEMO:mpadministrator"};
    auto const other = std::string{"ACME:mpadministrator"};
    auto const unit = std::string{first_unit};

    auto const fixed = s.issue(administrator, {"issue", "OK", admin, "staff", unit});
    auto const first = s.accessor();
    s.post(renew_path, token_body(fixed), {{"renew", "NOT_RENEWABLE", admin, "staff", unit, first}});
    s.post(renew_path, token_body("no token"), {{"renew", "INVALID_TOKEN"}});
    s.post(switch_path, token_body(fixed, R"("unit":"SOUTH")"),
           {{"switch_unit", "UNIT_NOT_ALLOWED", admin, "staff", "SOUTH", first}});
    auto const switched = s.post(switch_path, token_body(fixed, R"("unit":")" + std::string{second_unit} + "\""));
    auto const second = switched.header("X-Token-Accessor");
    s.expect({"switch_unit", "OK", admin, "staff", std::string{second_unit}, second});
    auto const moved = session::token_of(switched);

    s.ask("GET", "/auth/verify", bearer(fixed), {}, {{"verify", "INVALID_TOKEN", "", "", "", first}});
    s.ask("GET", "/auth/verify?group=sales", bearer(moved), {},
          {{"verify", "CONSTRAINT_NOT_MET", admin, "staff", std::string{second_unit}, second}});
    s.post("/authentication/sessions", token_body(fixed), {{"sessions", "INVALID_TOKEN", "", "", "", first}});
    s.post("/authentication/sessions/release", token_body(moved, R"("all_others":true)"),
           {{"release_sessions", "OK", admin, "staff", std::string{second_unit}, second}});
    s.post(release_path, token_body(moved), {{"release", "OK", admin, "staff", std::string{second_unit}, second}});
    s.post(release_path, token_body(moved), {{"release", "OK", "", "", "", second}});

    auto const sliding = s.issue(acme_administrator, {"issue", "OK", other, "others", unit});
    s.post(renew_path, token_body(sliding), {{"renew", "OK", other, "others", unit, s.accessor()}});
    s.post("/authentication/sessions/release", token_body(sliding, R"("accessor":")" + s.accessor() + "\""),
           {{"release_sessions", "OK", other, "others", unit, s.accessor()}});
}

// The last of these guesses locks the name out, which is a record of its own.
void guess(session& s)
{
    std::string const who = "ACME:mpadministrator";
    s.post(issue_path, login("mpadministrator", "a", "ACME"), {{"issue", "INVALID_CREDENTIALS", who}});
    s.post(issue_path, login("mpadministrator", "b", "ACME"),
           {{"lockout", "TOO_MANY_ATTEMPTS", who}, {"issue", "INVALID_CREDENTIALS", who}});
    s.post(issue_path, acme_administrator, {{"issue", "TOO_MANY_ATTEMPTS", who}});
}

std::vector<boost::json::object> with_event(std::vector<boost::json::object> records, std::string_view event)
{
    std::erase_if(records, [&](auto const& r) { return member(r, "event") != event; });
    return records;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(audit_session_)

BOOST_DATA_TEST_CASE(each_decision_is_there_once_and_nothing_else, boost::unit_test::data::make({"drop", "refuse"}),
                     on_failure)
{
    audited_tokend tokend{on_failure};
    session s{tokend};
    log_in(s);
    decide_nothing(s);
    use_tokens(s);
    guess(s);
    s.check(tokend.stop());
}

BOOST_AUTO_TEST_CASE(a_record_says_how_many_tokens_end_and_which)
{
    audited_tokend tokend{"drop"};
    auto const& at = tokend.address();
    auto const accessor_of = [&](std::string const& token) {
        return std::string{check_ok(ask(at, post(validate_path, token_body(token)))).at("accessor").as_string()};
    };
    auto const one = issue_token(at);
    auto const two = accessor_of(issue_token(at));
    auto const before = accessor_of(one);
    ask(at, post("/authentication/sessions/release", token_body(one, R"("accessor":")" + two + "\"")));
    ask(at, post("/authentication/sessions/release", token_body(one, R"("accessor":")" + two + "\"")));
    issue_token(at);
    issue_token(at);
    ask(at, post("/authentication/sessions/release", token_body(one, R"("all_others":true)")));
    ask(at, post(switch_path, token_body(one, R"("unit":")" + std::string{second_unit} + "\"")));
    ask(at, post(release_path, token_body(unknown_token)));
    auto const records = tokend.stop();
    auto const ended = with_event(records, "release_sessions");
    BOOST_TEST_REQUIRE(ended.size() == 3U);
    BOOST_TEST((member(ended[0], "ended") == "1" && member(ended[0], "ended_accessor") == two));
    BOOST_TEST((member(ended[1], "ended") == "0" && member(ended[1], "ended_accessor").empty()));
    BOOST_TEST(member(ended[1], "reason") == "no such live token");
    BOOST_TEST((member(ended[2], "ended") == "2" && member(ended[2], "ended_accessor").empty()));
    auto const switched = with_event(records, "switch_unit").at(0);
    BOOST_TEST((member(switched, "ended") == "1" && member(switched, "ended_accessor") == before));
    BOOST_TEST(member(with_event(records, "release").at(0), "ended") == "0");
}

BOOST_AUTO_TEST_CASE(logins_that_a_rate_or_an_address_rule_refuses_are_there)
{
    audited_tokend tokend{
        "drop",
        {"--organisation.ACME.deny-addresses=127.0.0.1", "--server.network-rate=1", "--server.network-burst=2"}};
    raw_client client{tokend.address()};
    std::map<std::string, std::size_t> answers;
    for (int i = 0; i < 10; ++i)
    {
        client.send(post(issue_path, acme_administrator));
        ++answers[std::to_string(client.receive().status)];
    }
    std::map<std::string, std::size_t> records;
    for (auto const& r : tokend.stop())
        ++records[member(r, "code") == "ADDRESS_NOT_ALLOWED" ? "403"
                  : member(r, "code") == "RATE_LIMITED"      ? "429"
                                                             : "?"];
    BOOST_TEST((answers["403"] > 0 && answers["429"] > 0));
    BOOST_TEST((records == answers));
}

BOOST_AUTO_TEST_CASE(whatever_clients_send_a_record_is_one_line_that_hides_nothing)
{
    audited_tokend tokend{"drop"};
    auto const& at = tokend.address();
    std::string const marks = R"(a\"b\\c\u202ed\u2028e\u0085f\ud83d\ude00)";
    ask(at, post(issue_path, login(marks, "x", R"(A\n{\"event\":\"issue\",\"code\":\"OK\"}\r\t\u0000B)",
                                   R"(,"unit":"\u202e\n\"")")));
    ask(at, post(issue_path, access_token(R"("identifier":")" + marks + R"(","pass_code":"x")")));
    auto const token = issue_token(at);
    ask(at, get("/auth/verify?%0a%22%7d%ff%c0%80%e2%80%ae=1", bearer(token)));
    ask(at, post("/authentication/sessions/release", token_body(token, R"("accessor":")" + marks + "\"")));
    ask(at, post(switch_path, token_body(token, R"("unit":")" + marks + "\"")));
    auto const records = tokend.stop();
    BOOST_TEST_REQUIRE(records.size() == 6U);
    std::string const read = "a\"b\\c\xe2\x80\xae"
                             "d\xe2\x80\xa8"
                             "e\xc2\x85"
                             "f\xf0\x9f\x98\x80";
    BOOST_TEST(member(records[0], "user") == read);
    BOOST_TEST(member(records[0], "organisation") == "A\n{\"event\":\"issue\",\"code\":\"OK\"}\r\t\0B"sv);
    BOOST_TEST(member(records[0], "unit") == "\xe2\x80\xae\n\"");
    BOOST_TEST(member(records[1], "user") == read);
    BOOST_TEST(member(records[3], "reason") ==
               "a parameter that is not known: \n\"}\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"
               "\xe2\x80\xae");
    BOOST_TEST(member(records[5], "unit") == read);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tokend::test

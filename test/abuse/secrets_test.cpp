// After a session no password, code, key or token is in the logs, the tokens file or the memory of tokend.
#include "abuse/audited_tokend.hpp"
#include "contract/contract.hpp"
#include "support/bytes_of.hpp"

#include <boost/test/unit_test.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cstdint>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace tokend::test {
namespace {

// What a core would hold: all memory that the process can write. Nothing if this process may not read it, and under a
// sanitizer, whose shadow memory is larger than all memory. A core itself is made where the system's core_pattern says,
// so this reads the same from /proc.
std::optional<std::string> memory_of(pid_t pid)
{
    if (patience > 1)
        return std::nullopt;
    auto const proc = "/proc/" + std::to_string(pid);
    descriptor const memory{::open((proc + "/mem").c_str(), O_RDONLY | O_CLOEXEC), "memory of tokend"};
    std::ifstream maps{proc + "/maps"};
    std::string all;
    for (std::string line; std::getline(maps, line);)
    {
        std::istringstream in{line};
        std::uint64_t begin = 0;
        std::uint64_t end = 0;
        char dash = 0;
        std::string mode;
        in >> std::hex >> begin >> dash >> end >> mode;
        if (!mode.starts_with("rw") || line.ends_with("[vvar]"))
            continue;
        auto const at = all.size();
        all.resize(at + (end - begin));
        auto const got = ::pread(memory.get(), all.data() + at, end - begin, static_cast<off_t>(begin));
        if (got < 0)
            return std::nullopt;
        all.resize(at + static_cast<std::size_t>(got));
    }
    return all;
}

std::string lower(std::string text)
{
    std::ranges::transform(text, text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

std::string login(std::string_view user, std::string_view password)
{
    return post(issue_path, std::string{R"({"username":")"}
                                .append(user)
                                .append(R"(","password":")")
                                .append(password)
                                .append(R"(","organisation":"CRMDEMO"})"));
}

std::string access_token(std::string_view members)
{
    return post(issue_path,
                R"({"access_token_identifier":{)" + std::string{members} + R"(},"organisation":"CRMDEMO"})");
}

// Requests with secrets in all places where a client may put them, good ones and others.
class session
{
public:
    explicit session(std::string address) : address_{std::move(address)} {}

    std::vector<std::string> const& secrets() const noexcept { return secrets_; }

    void log_in()
    {
        send(login("roamer", secret("wander-1")), 403);
        send(login("mpadministrator", secret("wrong-of-mpadministrator")), 401);
        send(login("nobody", secret("password-of-nobody")), 401);
        send(access_token(R"("authentication_code":")" + secret("99123456") + "\""), 200);
        send(access_token(R"("authentication_code":")" + secret("no-such-code-31415926") + "\""), 401);
        send(access_token(R"("identifier":"jsmith","pass_code":")" + secret("pass-code-of-jsmith") + "\""), 401);
        secret("demo-api-key-1");
        send(post(api_key_path, "", "Authorization: Basic " + secret("ZGVtby1hcGkta2V5LTE6") + "\r\n"), 200);
    }
    // Requests that are refused before their secret is used.
    void fail()
    {
        send(post(issue_path, R"({"username":"a","password":")" + secret("password-in-bad-json") + "\""), 400);
        send(post(issue_path, R"({"username":"a","password":")" + secret("password-of-no-organisation") + "\"}"), 400);
        send(login("a", secret("password-of-long-body") + std::string(20'000, 'x')), 413);
        send(get("/", "X-Long: " + secret("header-that-is-too-long") + std::string(20'000, 'x') + "\r\n"), 431);
        raw_client cut{address_};
        cut.send(login("a", secret("password-of-a-cut-request")).substr(0, 200));
        cut.finish_sending();
        cut.receive_until_closed();
    }
    // Returns the requests on a connection that stays open.
    raw_client use_tokens()
    {
        raw_client client{address_};
        for (int i = 0; i < 3; ++i)
        {
            auto const token = secret(issue_token(address_));
            auto const other = secret(lower(token));
            for (auto const& request :
                 {post(validate_path, token_body(token)), post(validate_path, "{}", bearer(other)),
                  get("/auth/verify", bearer(other)), get("/auth/verify", "X-Auth-Token: " + token + "\r\n"),
                  get("/auth/verify", "Cookie: sso=" + token + "\r\n"),
                  get("/auth/verify", "X-Original-URI: /?token=" + token + "\r\n"),
                  post("/authentication/sessions", token_body(token))})
            {
                client.send(request);
                BOOST_TEST(client.receive().status == 200);
            }
            client.send(post(switch_path, token_body(token, R"("unit":")" + std::string{second_unit} + "\"")));
            auto const fresh = secret(std::string{check_ok(client.receive()).at("token").as_string()});
            if (i == 0)
                send(post(release_path, token_body(fresh)), 200);
            send(post(release_path, token_body(secret("0123456789abcdef0123456789abcde" + std::to_string(i)))), 200);
        }
        return client;
    }

private:
    std::string secret(std::string text)
    {
        secrets_.push_back(text);
        return text;
    }
    void send(std::string const& request, int status) const { BOOST_TEST(ask(address_, request).status == status); }

    std::string const address_;
    std::vector<std::string> secrets_;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(secrets_)

BOOST_AUTO_TEST_CASE(after_a_session_no_secret_is_in_the_logs_the_files_or_the_memory)
{
    audited_tokend tokend{"refuse",
                          {"--log.level=debug", "--http.verify-cookie=sso", "--http.verify-query-token=yes"},
                          "[tokens]\nfile = tokens\ncapacity = 1000\n"};
    session s{tokend.address()};
    s.log_in();
    s.fail();
    auto const open = s.use_tokens();
    auto const memory = memory_of(tokend.daemon().pid());
    if (!memory)
        BOOST_TEST_MESSAGE("not allowed to read the memory of tokend: it is not searched");
    tokend.daemon().stop();
    auto const log = tokend.daemon().log();
    auto const audit = bytes_of(tokend.file());
    auto const tokens = bytes_of(tokend.folder() / "tokens");
    BOOST_TEST(log.find(R"("msg":"validate")") != std::string::npos);
    BOOST_TEST(audit.find(R"("event":"issue")") != std::string::npos);
    BOOST_TEST(tokens.find("mpadministrator") != std::string::npos);
    for (auto const& secret : s.secrets())
    {
        BOOST_TEST(log.find(secret) == std::string::npos, secret << " is in the log");
        BOOST_TEST(audit.find(secret) == std::string::npos, secret << " is in the audit log");
        BOOST_TEST(tokens.find(secret) == std::string::npos, secret << " is in the tokens file");
        BOOST_TEST((!memory || memory->find(secret) == std::string::npos), secret << " is in the memory");
    }
}

// So the test above sees what is there.
BOOST_AUTO_TEST_CASE(while_a_login_lasts_its_password_is_in_the_memory)
{
    temporary_folder const folder;
    auto const text = "[tokens]\ncapacity = 1000\n[backend.b]\nplugin = never_answers\n[organisation.CRMDEMO]\n"
                      "backends = b\n";
    daemon_process const tokend{{.configuration = folder.write("tokend.conf", text),
                                 .arguments = {"--server.drain-timeout=100ms"},
                                 .plugins = fake_plugins()}};
    raw_client client{tokend.address()};
    client.send(login("a", "password-under-way"));
    BOOST_TEST(eventually([&] {
        auto const memory = memory_of(tokend.pid());
        return !memory || memory->find("password-under-way") != std::string::npos;
    }));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tokend::test

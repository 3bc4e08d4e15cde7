// The whole system: requests over HTTP to tokend, the plugin and slapd.
#include "ldap/http_rig.hpp"
#include "ldap/people.hpp"

#include <boost/test/unit_test.hpp>

#include <sys/inotify.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <initializer_list>
#include <map>
#include <optional>
#include <set>
#include <sstream>
#include <utility>
#include <vector>

using namespace tokend::test;

namespace {

// Returns how often the text occurs in the memory of a process.
std::size_t count_in_memory(pid_t pid, std::string_view text)
{
    auto const folder = "/proc/" + std::to_string(pid);
    std::ifstream maps{folder + "/maps"};
    std::ifstream memory{folder + "/mem", std::ios::binary};
    std::size_t count = 0;
    for (std::string line; std::getline(maps, line);)
    {
        std::uintptr_t begin = 0;
        std::uintptr_t end = 0;
        if (std::sscanf(line.c_str(), "%lx-%lx rw", &begin, &end) != 2)
            continue;
        std::string bytes(end - begin, '\0');
        memory.clear();
        memory.seekg(static_cast<std::streamoff>(begin));
        memory.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
        for (auto at = bytes.find(text); at != bytes.npos; at = bytes.find(text, at + 1))
            ++count;
    }
    return count;
}

// Sets environment variables for a scope. The processes that this one starts inherit them.
class environment
{
public:
    environment(std::initializer_list<std::pair<char const*, std::string>> variables)
    {
        for (auto const& [name, value] : variables)
        {
            auto const* const old = ::getenv(name);
            before_.emplace_back(name, old != nullptr ? std::optional<std::string>{old} : std::nullopt);
            ::setenv(name, value.c_str(), 1);
        }
    }
    ~environment()
    {
        for (auto const& [name, value] : before_)
            value ? ::setenv(name, value->c_str(), 1) : ::unsetenv(name);
    }
    environment(environment const&) = delete;

private:
    std::vector<std::pair<char const*, std::optional<std::string>>> before_;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(http_)

BOOST_AUTO_TEST_CASE(a_user_of_the_directory_gets_a_token)
{
    corp const w;
    daemon_process const tokend{w.options(w.backend(slapd::shared().tls_uri()))};
    auto const token = check_ok(log_in(tokend, "ANNA", password_of("anna"))).at("token");
    auto const who = check_ok(ask(tokend.address(), post(validate_path, token_body(token.as_string()))));
    BOOST_TEST(who.at("username").as_string() == "anna");
    BOOST_TEST(who.at("unit").as_string() == "N");
    for (auto const& name : special_names())
        check_ok(log_in(tokend, name));
}

// The responses are identical; only the log has the reason.
BOOST_AUTO_TEST_CASE(every_refused_state_has_one_answer_and_a_reason_of_its_own_in_the_log)
{
    corp const w;
    daemon_process const tokend{w.options(w.backend(slapd::shared().tls_uri()))};
    std::map<std::string, std::string> const reasons{{"anna", "wrong password"},
                                                     {"nobody", "no entry matches"},
                                                     {"locked", "the account is locked (password policy)"},
                                                     {"reset", "must be changed"},
                                                     {"old", "the password is expired"},
                                                     {"off", "disabled (userAccountControl)"},
                                                     {"inactive", "(nsAccountLock)"},
                                                     {"over", "expired (accountExpires)"},
                                                     {"stray", "no unit for"}};
    for (auto const& [user, reason] : reasons)
    {
        check_error(log_in(tokend, user, user == "anna" ? "wrong" : password_of(user)), 401, "INVALID_CREDENTIALS");
        BOOST_TEST(tokend.logs(reason), user << " in " << tokend.log());
    }
    auto const log = tokend.log();
    for (auto const& secret : {std::string{"secret of"}, std::string{service_password}})
        BOOST_TEST(log.find(secret) == std::string::npos);
}

BOOST_AUTO_TEST_CASE(no_password_stays_in_memory_but_the_services_own)
{
    if (patience != 1)
        return;  // a sanitizer maps too much memory
    corp const w;
    auto const& server = slapd::shared();
    auto const plain = w.backend(server.plain_uri());
    auto const in_tls = w.backend(server.tls_uri());
    for (auto const& configuration : {plain, in_tls})
    {
        daemon_process const tokend{w.options(configuration)};
        for (int i = 0; i < 20; ++i)
        {
            check_ok(log_in(tokend, "anna"));
            check_error(log_in(tokend, "anna", "what anna never says"), 401, "INVALID_CREDENTIALS");
        }
        BOOST_TEST(count_in_memory(tokend.pid(), password_of("anna")) == 0U);
        BOOST_TEST(count_in_memory(tokend.pid(), "what anna never says") == 0U);
        BOOST_TEST(count_in_memory(tokend.pid(), service_password) == 1U);
    }
}

BOOST_AUTO_TEST_CASE(an_outage_is_503_and_a_restart_of_the_directory_is_enough)
{
    corp const w;
    auto& server = slapd::shared();
    daemon_process const tokend{w.options(w.backend(server.tls_uri()))};
    check_ok(log_in(tokend, "anna"));
    server.kill();
    for (auto const& password : {password_of("anna"), std::string{"wrong"}})
        check_error(log_in(tokend, "anna", password), 503, "BACKEND_UNAVAILABLE");
    BOOST_TEST(tokend.log().find("bad secret") == std::string::npos);
    BOOST_TEST(tokend.logs(" is down: "));
    server.restart();
    BOOST_TEST(eventually([&] { return log_in(tokend, "anna").status == 200; }));
}

BOOST_AUTO_TEST_CASE(tokend_starts_without_the_directory_and_says_so)
{
    corp const w;
    auto const uri = "ldaps://127.0.0.1:" + std::to_string(free_port());
    daemon_process const tokend{w.options(w.backend(uri))};
    BOOST_TEST(tokend.logs(uri + " is down: connect: Connection refused"));
    check_error(log_in(tokend, "anna"), 503, "BACKEND_UNAVAILABLE");
}

BOOST_AUTO_TEST_CASE(a_mistake_in_the_configuration_is_one_line_with_its_place)
{
    corp const w;
    auto const usual = w.backend(slapd::shared().tls_uri());
    w.folder.write("no-pem", "no certificate\n");
    std::filesystem::create_directory(w.folder / "folder");
    struct
    {
        std::string key;
        std::string line;
        std::string_view said;
    } const cases[]{
        {"mode", "bnid-queue = 3", "tokend.conf:12: the plugin has no option 'bnid-queue'"},
        {"mode", "mode = bind", "[backend.corp] mode: 'bind', one of search, template, upn was meant"},
        {"uris", "uris = ldap://192.0.2.1",
         "[backend.corp] uris: 'ldap://192.0.2.1' would send passwords over a network"},
        {"uris", "uris = ldaps://dc1:x", "[backend.corp] uris: 'ldaps://dc1:x' has no port from 1 to 65535"},
        {"user-base", "user-base = people", "[backend.corp] user-base: 'people' is no DN"},
        {"tls-ca", "tls-ca = none.pem", "none.pem cannot be read as certificates (PEM): No such file or directory"},
        {"tls-ca", "tls-ca = no-pem", "no-pem cannot be read as certificates (PEM): "},
        {"tls-ca", "tls-ca = folder", "folder cannot be read as certificates (PEM): "},
        {"bind-password-file", "bind-password-file = none", "tokend.conf:7: bind-password-file: "},
        {"bind-password-file", "bind-password-file = folder", "tokend.conf:7: bind-password-file: "},
        {"bind-password-file", "bind-password-file = credential:none", "tokend.conf:7: bind-password-file = "}};
    for (auto const& one : cases)
    {
        auto text = usual;
        if (auto const at = text.find('\n' + one.key + " = "); at != text.npos)
            text.replace(at + 1, text.find('\n', at + 1) - at - 1, one.line);
        else
            text.insert(text.find("[organisation"), one.line + '\n');
        auto const got = start_in_vain(w.options(text));
        BOOST_TEST(got.status == 78, one.line);
        BOOST_TEST(std::count(got.log.begin(), got.log.end(), '\n') == 1, got.log);
        BOOST_TEST(got.log.find(one.said) != std::string::npos, one.line << " says " << got.log);
    }
}

// libldap would read its defaults from these files. tokend must not even open them.
BOOST_AUTO_TEST_CASE(a_poisonous_ldaprc_in_the_working_folder_and_the_environment_changes_nothing)
{
    corp const w;
    auto const& server = slapd::shared();
    descriptor const watch{::inotify_init1(IN_NONBLOCK | IN_CLOEXEC), "inotify"};
    for (auto const* name : {"ldaprc", ".ldaprc", "conf", "rc"})
    {
        auto const file = w.folder.write(name, "URI ldap://127.0.0.1:1\nDEREF always\nREFERRALS on\nSIZELIMIT 1\n"
                                               "TIMELIMIT 1\nNETWORK_TIMEOUT 1\nTLS_CACERT none\nTLS_REQCERT never\n");
        BOOST_TEST(::inotify_add_watch(watch.get(), file.c_str(), IN_OPEN) >= 0);
    }
    auto const before = std::filesystem::current_path();
    environment const poison{{"LDAPCONF", (w.folder / "conf").string()},
                             {"LDAPRC", "rc"},
                             {"LDAPTLS_REQCERT", "never"},
                             {"LDAPTLS_CACERT", "none"},
                             {"LDAPURI", "ldap://127.0.0.1:1"},
                             {"HOME", w.folder.path().string()}};
    std::filesystem::current_path(w.folder.path());
    {
        daemon_process const tokend{w.options(w.backend(server.tls_uri()))};
        std::filesystem::current_path(before);
        check_ok(log_in(tokend, "anna"));
    }
    char events[4096];
    BOOST_TEST(::read(watch.get(), events, sizeof events) == -1);
    BOOST_TEST(errno == EAGAIN);
}

BOOST_AUTO_TEST_CASE(the_threads_of_the_plugin_are_named_by_their_role)
{
    corp const w;
    auto const uri = "ldaps://localhost:" + std::to_string(slapd::shared().tls_port());
    daemon_process const tokend{w.options(w.backend(uri))};
    check_ok(log_in(tokend, "anna"));
    std::multiset<std::string> names;
    for (auto const& task : std::filesystem::directory_iterator{"/proc/" + std::to_string(tokend.pid()) + "/task"})
    {
        std::string name;
        std::getline(std::ifstream{task.path() / "comm"}, name);
        names.insert(name);
    }
    BOOST_TEST(names.count("ldap:localhost") == 1U);
    BOOST_TEST(names.count("ldap:resolver") == 1U);
}

BOOST_AUTO_TEST_CASE(the_check_warns_of_groups_that_are_named_without_a_base)
{
    corp const w;
    auto const text = w.backend(slapd::shared().tls_uri());
    auto const got = start_in_vain(w.options(text, {"--check"}));
    BOOST_TEST(got.status == 0, got.log);
    BOOST_TEST(got.log.find("group-units names groups without their DN, and there is no group-base") !=
                   std::string::npos,
               got.log);
    auto const based = w.backend(slapd::shared().tls_uri(), "group-base = " + std::string{groups_base} + '\n');
    BOOST_TEST(start_in_vain(w.options(based, {"--check"})).log.empty());
}

BOOST_AUTO_TEST_CASE(the_examples_of_the_readme_pass_the_check)
{
    temporary_folder const folder;
    for (auto const* authority : {"example-ca.pem", "corp-ca.pem"})
        std::filesystem::copy_file(slapd::shared().authority(), folder / authority);
    for (auto const* password : {"staff.password", "corp-password"})
        folder.write(password, "secret\n");
    ::setenv("CREDENTIALS_DIRECTORY", folder.path().c_str(), 1);
    std::ostringstream readme;
    readme << std::ifstream{"README.md"}.rdbuf();
    auto const text = readme.str();
    std::size_t examples = 0;
    for (auto at = text.find("```ini\n"); at != text.npos; at = text.find("```ini\n", at + 1))
    {
        auto const example = text.substr(at + 7, text.find("```", at + 7) - at - 7);
        if (example.find("plugin = ldap") == example.npos)
            continue;
        ++examples;
        auto const got =
            start_in_vain({.configuration = folder.write("tokend.conf", example), .arguments = {"--check"}});
        BOOST_TEST(got.status == 0, got.log);
        BOOST_TEST(got.log.empty(), got.log);
    }
    BOOST_TEST(examples == 2U);
}

BOOST_AUTO_TEST_SUITE_END()

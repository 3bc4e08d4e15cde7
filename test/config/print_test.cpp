#include "app/tokend/config/print.hpp"

#include "app/tokend/config/values.hpp"

#include "config/configured.hpp"
#include "support/certificates.hpp"

#include <boost/test/unit_test.hpp>

#include <sstream>

namespace tokend::test {
namespace {

// A value for every key that differs from its default.
constexpr std::string_view most = R"([server]
allow-loose-modes = yes
workers = 3
max-connections = 77
plugin-directory = /opt/plugins
drain-delay = 5s
drain-timeout = 300ms
network-connections = 80
network-rate = 81
network-burst = 82
take-over-socket = take-over.sock
[listen.public]
address = 0.0.0.0:0, [::1]:81, unix:/run/x.sock
allow-plain-http = yes
unix-mode = 0600
rate = 83
burst = 84
serve = public
max-connections = 78
unix-group = root
trusted-proxies = 10.0.0.0/8, 192.0.2.7, unix
client-address-from = forwarded
proxy-protocol = yes
CERTIFICATES[http]
header-timeout = 11ms
body-timeout = 12ms
idle-timeout = 13ms
write-timeout = 14ms
linger-timeout = 15ms
max-header-bytes = 1k
max-header-fields = 16
max-body-bytes = 1m
max-chunk-line-bytes = 18
max-trailer-bytes = 19
max-json-depth = 20
max-json-members = 21
max-json-total-members = 22
legacy-prefixes = /a, /b/c
legacy-always-200 = yes
verify-cookie = sso
verify-query-token = yes
[login]
failure-time = 23ms
blocking-threads = 24
blocking-queue = 25
lockout-failures = 7
lockout-window = 61s
lockout-time = 62s
lockout-name-failures = 63
lockout-name-window = 64s
[tokens]
capacity = 26
principal-room = 64k
lifetime = 27s
lifetime-policy = sliding
max-lifetime = 28s
sweep-interval = 29ms
file = /var/tokens
sync-interval = 33ms
sync-release = yes
[log]
level = debug
format = json
[audit]
to = file
file = /var/audit
on-failure = refuse
[backend.b]
plugin = file
deadline = 30ms
max-in-flight = 31
max-queued = 89
breaker-failures = 87
breaker-time = 88ms
on-unavailable = next
recheck-interval = 32s
users = some where/u
[backend.c]
plugin = other
[organisation.O]
name = Others & Co
backends = c, b
lifetime = 32s
lifetime-policy = fixed
max-lifetime = 33s
max-tokens = 20%
max-sessions = 89
sessions-policy = evict-oldest
lockout-failures = 8
lockout-window = 71s
lockout-time = 72s
lockout-name-failures = 73
lockout-name-window = 74s
rate = 85
burst = 86
allow-addresses = 192.0.2.0/24, unix
deny-addresses = 192.0.2.7
)";

// The files of certificates are read when a configuration is.
std::string everything_with(temporary_folder const& folder)
{
    auto const authority = make_authority("clients");
    auto const server = issue({});
    auto const lines = "tls-certificates = " + folder.write("c.pem", server.pem()).string() +
                       "\ntls-keys = " + folder.write("k.pem", server.key_pem()).string() +
                       "\ntls-client-ca = " + folder.write("ca.pem", authority.pem()).string() +
                       "\ntls-client-certificates = required\ntls-min-version = 1.3\ntls-handshake-timeout = 7s\n"
                       "max-handshakes = 8\n";
    auto const token = folder.write("operator.token", std::string(32, 'x') + '\n');
    std::filesystem::permissions(token, std::filesystem::perms::owner_read);
    auto text = std::string{most} +
                "[admin]\noperators = viewer user:0; operator@O group:0; admin bearer\ntoken-file = " + token.string() +
                '\n';
    constexpr std::string_view mark = "CERTIFICATES";
    return text.replace(text.find(mark), mark.size(), lines);
}
temporary_folder const certificates;
std::string const everything = everything_with(certificates);

// The lines that set a key.
std::string without_comments(std::string const& text)
{
    std::istringstream in{text};
    std::string rest;
    for (std::string line; std::getline(in, line);)
        if (!line.starts_with('#'))
            rest += line + '\n';
    return rest;
}

BOOST_AUTO_TEST_SUITE(print_)

BOOST_AUTO_TEST_CASE(the_room_for_principals_that_results_is_shown)
{
    auto const shown = [](std::string const& text) {
        auto const printed = print(configured{text}.load());
        auto const line = printed.find("principal-room = ");
        return printed.substr(line, printed.find('\n', line) - line);
    };
    BOOST_TEST(shown("") == "principal-room = 500000k");
    BOOST_TEST(shown("[tokens]\ncapacity = 8192\n") == "principal-room = 4m");
    BOOST_TEST(shown("[tokens]\ncapacity = 26\nprincipal-room = 0\n") == "principal-room = 1m");
    BOOST_TEST(shown("[tokens]\nprincipal-room = 64k\n") == "principal-room = 64k");
}

BOOST_AUTO_TEST_CASE(the_part_of_the_capacity_that_results_is_shown)
{
    auto const shown = [](std::string const& more) {
        auto const printed =
            print(configured{"[organisation.A]\nbackends = b\n" + more + "[backend.b]\nplugin = file\n"}.load());
        auto const line = printed.find("max-tokens = ");
        return printed.substr(line, printed.find('\n', line) - line);
    };
    BOOST_TEST(shown("") == "max-tokens = 100%");
    BOOST_TEST(shown("[organisation.B]\nbackends = b\n") == "max-tokens = 50%");
    BOOST_TEST(shown("max-tokens = 7\n[organisation.B]\nbackends = b\n") == "max-tokens = 7");
}

BOOST_AUTO_TEST_CASE(every_key_is_read_into_its_member)
{
    using namespace std::chrono_literals;
    auto const c = configured{everything}.load();
    BOOST_TEST(c.server.workers == 3U);
    BOOST_TEST(c.server.max_connections == 77U);
    BOOST_TEST(c.plugin_directory == "/opt/plugins");
    BOOST_TEST((c.server.drain_delay == 5s && c.server.drain_timeout == 300ms));
    BOOST_TEST_REQUIRE(c.listeners.size() == 1U);
    BOOST_TEST(c.listeners[0].name == "public");
    BOOST_TEST(values::addresses{}.write(c.listeners[0].addresses) == "0.0.0.0:0, [::1]:81, unix:/run/x.sock");
    BOOST_TEST(c.listeners[0].allow_plain_http);
    BOOST_TEST(c.listeners[0].unix_mode == 0600U);
    BOOST_TEST((c.http.header_timeout == 11ms && c.http.body_timeout == 12ms && c.http.idle_timeout == 13ms));
    BOOST_TEST((c.http.write_timeout == 14ms && c.http.linger_timeout == 15ms));
    BOOST_TEST(c.http.limits.header_bytes == 1024U);
    BOOST_TEST(c.http.limits.header_fields == 16U);
    BOOST_TEST(c.http.limits.body_bytes == 1024U * 1024U);
    BOOST_TEST(c.http.limits.chunk_line_bytes == 18U);
    BOOST_TEST(c.http.limits.trailer_bytes == 19U);
    BOOST_TEST(c.http.json.depth == 20U);
    BOOST_TEST(c.http.json.members == 21U);
    BOOST_TEST(c.http.json.total_members == 22U);
    BOOST_TEST(c.http.legacy_prefixes == (std::vector<std::string>{"/a", "/b/c"}), boost::test_tools::per_element());
    BOOST_TEST(c.http.legacy_always_200);
    BOOST_TEST(c.http.verify_cookie == "sso");
    BOOST_TEST(c.http.verify_query_token);
    BOOST_TEST((c.login.failure_time == 23ms));
    BOOST_TEST(c.login.blocking_threads == 24U);
    BOOST_TEST(c.login.blocking_queue == 25U);
    BOOST_TEST(c.tokens.capacity == 26U);
    BOOST_TEST(c.tokens.principal_room == 64U * 1024U);
    BOOST_TEST((c.tokens.lifetimes.lifetime == 27s && c.tokens.lifetimes.max_lifetime == 28s));
    BOOST_TEST((c.tokens.lifetimes.policy == lifetime_policy::sliding));
    BOOST_TEST((c.tokens.sweep_interval == 29ms));
    BOOST_TEST((c.tokens.file == "/var/tokens" && c.tokens.sync_interval == 33ms && c.tokens.sync_release));
    BOOST_TEST((c.log.level == log_level::debug && c.log.style == log_style::json));
    BOOST_TEST((c.audit.to == audit_target::file && c.audit.file == "/var/audit"));
    BOOST_TEST((c.audit.on_failure == on_audit_failure::refuse));
    BOOST_TEST(values::operators{}.write(c.admin.operators) == "viewer user:0; operator@O group:0; admin bearer");
    BOOST_TEST(c.admin.token_file.filename() == "operator.token");
    BOOST_TEST_REQUIRE(c.backends.size() == 2U);
    BOOST_TEST(c.backends[0].id == "b");
    BOOST_TEST(c.backends[0].plugin == "file");
    BOOST_TEST((c.backends[0].deadline == 30ms && c.backends[0].on_unavailable == on_unavailable::next));
    BOOST_TEST(c.backends[0].max_in_flight == 31U);
    BOOST_TEST(c.backends[0].max_queued == 89U);
    BOOST_TEST_REQUIRE(c.organisations.size() == 1U);
    auto const& o = c.organisations[0];
    BOOST_TEST(o.name == "Others & Co");
    BOOST_TEST(o.backends == (std::vector<std::string>{"c", "b"}), boost::test_tools::per_element());
    BOOST_TEST((o.lifetimes.lifetime == 32s && o.lifetimes.max_lifetime == 33s &&
                o.lifetimes.policy == lifetime_policy::fixed));
    BOOST_TEST((o.max_tokens == portion{.value = 20, .is_percentage = true}));
    BOOST_TEST(o.limits.max_sessions == 89U);
    BOOST_TEST((o.limits.policy == sessions_policy::evict_oldest));
}

BOOST_AUTO_TEST_CASE(what_is_printed_reads_back_as_the_same)
{
    configured const c{everything};
    auto const printed = print(c.load());
    BOOST_TEST(without_comments(printed) == without_comments(print(configured{printed}.load())));
    for (auto const& [key, where] : c.load().sources)
        BOOST_TEST(printed.find("# " + where + '\n' + key.substr(key.rfind('.') + 1) + " = ") != std::string::npos,
                   key);
}

BOOST_AUTO_TEST_CASE(this_file_sets_every_key)
{
    BOOST_TEST(print(configured{everything}.load()).find("# default") ==
               print(configured{everything}.load()).find("# default\ndeadline"));
}

BOOST_AUTO_TEST_CASE(the_defaults_read_back_as_the_defaults)
{
    auto const printed = print(configuration{});
    BOOST_TEST(without_comments(print(configured{printed}.load())) == without_comments(printed));
}

BOOST_AUTO_TEST_CASE(a_plugins_paths_are_printed_absolute_and_its_other_options_as_written)
{
    configured const c{"[backend.b]\nplugin = file\nusers = u\nunits = u\n"};
    auto const printed =
        print(c.load(), [](backend_options const&, option_setting const& s) { return s.name == "users"; });
    auto const place = [&](int line) { return "# " + c.file().string() + ':' + std::to_string(line) + '\n'; };
    BOOST_TEST(printed.find(place(3) + "users = " + (c.folder() / "u").string() + '\n') != std::string::npos);
    BOOST_TEST(printed.find(place(4) + "units = u\n") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_logs_format_is_the_usual_one_unless_it_is_set)
{
    for (auto const usual : {log_format::text, log_format::json, log_format::journal})
    {
        BOOST_TEST((log_settings{.style = log_style::automatic}.options(usual).format == usual));
        BOOST_TEST((log_settings{.style = log_style::text}.options(usual).format == log_format::text));
        BOOST_TEST((log_settings{.style = log_style::json}.options(usual).format == log_format::json));
        BOOST_TEST((log_settings{.style = log_style::journal}.options(usual).format == log_format::journal));
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace tokend::test

#include "app/tokend/config/keys.hpp"

#include "app/tokend/config/values.hpp"

#include <concepts>
#include <utility>

namespace tokend {
namespace {

using namespace std::chrono_literals;
using values::addresses;
using values::boolean;
using values::duration;
using values::files;
using values::group;
using values::limit;
using values::list;
using values::mode;
using values::number;
using values::one_of;
using values::path;
using values::peers;
using values::size;
using values::socket_path;
using values::text;

template <class Field, class Value>
void assign(Field& field, Value&& value)
{
    if constexpr (std::same_as<Field, std::chrono::seconds>)
        field = std::chrono::duration_cast<std::chrono::seconds>(value);
    else
        field = static_cast<Field>(std::forward<Value>(value));
}

// Returns a function that makes the keys of a section. `options(configuration, index)` is the struct that holds them.
template <class Options>
auto section(std::string_view name, Options options)
{
    return [=](std::string_view key_name, auto member, auto kind, takes_effect when, std::string_view help) {
        return key{
            name,
            key_name,
            when,
            kind.meant(),
            help,
            [=](configuration& c, section_index i, std::string_view text, std::filesystem::path const& base) {
                auto value = kind.read(text, base);
                if (value)
                    assign(std::invoke(member, options(c, i)), std::move(*value));
                return value.has_value();
            },
            [=](configuration const& c, section_index i) { return kind.write(std::invoke(member, options(c, i))); }};
    };
}

constexpr auto on_reload = takes_effect::on_reload;
constexpr auto on_restart = takes_effect::on_restart;

constexpr std::uint64_t most_capacity = 100'000'000;
auto const timeout = duration{1ms, 1h};
auto const requests = number{0, 1'000'000};
auto const token_lifetime = duration{1s, 24h * 193, 1s};  // the table counts in 24 bits of seconds: 194 days
auto const policy = one_of<lifetime_policy>{{{"fixed", lifetime_policy::fixed}, {"sliding", lifetime_policy::sliding}}};

std::vector<key> server_keys()
{
    auto const server = section(
        "server", [](auto& c, section_index) -> auto& { return c.server; });
    auto const whole = section(
        "server", [](auto& c, section_index) -> auto& { return c; });
    auto const network = section(
        "server", [](auto& c, section_index) -> auto& { return c.server.network_rate; });
    return {
        server("workers", &server_options::workers, number{0, 1024}, on_restart,
               "Threads that serve connections. 0: one per core."),
        server("max-connections", &server_options::max_connections, number{1, 1'000'000}, on_reload,
               "Connections open at once on each listener that sets no limit of its own."),
        whole("plugin-directory", &configuration::plugin_directory, path{}, on_restart,
              "Where the plugins are: `plugin = file` loads file.so from here."),
        whole("allow-loose-modes", &configuration::allow_loose_modes, boolean{}, on_reload,
              "Whether files that others could change, or secrets that others may read, are taken with a warning."),
        server("drain-delay", &server_options::drain_delay, duration{0ms, 1min}, on_reload,
               "From SIGTERM, when /readyz turns 503, to the last accepted connection."),
        server("drain-timeout", &server_options::drain_timeout, duration{0ms, 4500ms}, on_reload,
               "How long running requests have to finish, and plugins to stop, after that."),
        server("network-connections", &server_options::network_connections, number{0, 1'000'000}, on_reload,
               "Connections open at once from one client network on all listeners. 0: no limit."),
        network("network-rate", &rate_limit::per_second, requests, on_reload,
                "Requests a second of one client network, /32 or /64. More are answered 429. 0: no limit."),
        network("network-burst", &rate_limit::burst, requests, on_reload,
                "Requests of one client network at once. 0: those of a second."),
        server("take-over-socket", &server_options::take_over_socket, socket_path{}, on_restart,
               "Unix socket on which `tokend --take-over` asks for the listening sockets. Empty: none."),
    };
}

auto const client_fields = one_of<client_field>{{{"none", client_field::none},
                                                 {"x-forwarded-for", client_field::x_forwarded_for},
                                                 {"forwarded", client_field::forwarded}}};

std::vector<key> listener_keys()
{
    auto const listener = section(
        listener_sections, [](auto& c, section_index i) -> auto& { return c.listeners[i]; });
    one_of<service> const services{{{"public", service::public_methods}, {"admin", service::admin}}};
    auto const proxy = section(
        listener_sections, [](auto& c, section_index i) -> auto& { return c.listeners[i].proxies; });
    auto const tls = section(
        listener_sections, [](auto& c, section_index i) -> auto& { return c.listeners[i].tls; });
    auto const rate = section(
        listener_sections, [](auto& c, section_index i) -> auto& { return c.listeners[i].rate; });
    one_of<client_certificates> const clients{{{"no", client_certificates::off},
                                               {"optional", client_certificates::optional},
                                               {"required", client_certificates::required}}};
    one_of<tls_version> const version{{{"1.2", tls_version::v1_2}, {"1.3", tls_version::v1_3}}};
    return {
        listener("address", &listener_options::addresses, addresses{}, on_reload,
                 "Where clients connect, one or more. Port 0: any free port; the log names it."),
        listener("serve", &listener_options::serve, services, on_reload,
                 "The methods that are served here: those of clients (public), or health with all checks (admin)."),
        listener("max-connections", &listener_options::max_connections, number{0, 1'000'000}, on_reload,
                 "Connections open at once on this listener. 0: as many as [server] says."),
        listener("allow-plain-http", &listener_options::allow_plain_http, boolean{}, on_reload,
                 "Whether an address may be other than loopback although passwords and tokens pass unencrypted."),
        listener("unix-mode", &listener_options::unix_mode, mode{}, on_reload, "Permissions of Unix sockets."),
        listener("unix-group", &listener_options::unix_group, group{}, on_reload, "Group of Unix sockets."),
        rate("rate", &rate_limit::per_second, requests, on_reload,
             "Requests a second of all clients of this listener. More are answered 429. 0: no limit."),
        rate("burst", &rate_limit::burst, requests, on_reload, "Requests at once. 0: those of a second."),
        proxy("trusted-proxies", &proxy_rules::trusted, peers{}, on_reload,
              "Peers that may name the client's address: networks, and unix for Unix sockets. Empty: none."),
        proxy("client-address-from", &proxy_rules::client_from, client_fields, on_reload,
              "The header in which these proxies name the client of each request."),
        proxy("proxy-protocol", &proxy_rules::protocol, boolean{}, on_reload,
              "Whether connections come from these proxies alone, and begin with a PROXY header, version 1 or 2."),
        tls("tls-certificates", &tls_options::certificates, files{}, on_reload,
            "PEM files, each a certificate and then its intermediates in order. Empty: no TLS."),
        tls("tls-keys", &tls_options::keys, files{}, on_reload,
            "PEM files of their keys, in the same order. Empty: each key is in its certificate's file."),
        tls("tls-client-ca", &tls_options::client_ca, path{true}, on_reload,
            "PEM file of the authorities that sign certificates of clients."),
        tls("tls-client-certificates", &tls_options::client_certificates, clients, on_reload,
            "Whether a client may (optional) or must (required) show a certificate of these authorities."),
        tls("tls-min-version", &tls_options::least_version, version, on_reload, "The oldest version of TLS."),
        listener("tls-handshake-timeout", &listener_options::handshake_timeout, timeout, on_reload,
                 "From accepting a connection to the end of its TLS handshake."),
        listener("max-handshakes", &listener_options::max_handshakes, number{1, 1'000'000}, on_reload,
                 "TLS handshakes at once. Further connections are closed."),
    };
}

std::vector<key> http_keys()
{
    auto const http = section(
        "http", [](auto& c, section_index) -> auto& { return c.http; });
    auto const limit = section(
        "http", [](auto& c, section_index) -> auto& { return c.http.limits; });
    auto const json = section(
        "http", [](auto& c, section_index) -> auto& { return c.http.json; });
    return {
        http("header-timeout", &http_options::header_timeout, timeout, on_reload,
             "From a request's first byte to the end of its headers."),
        http("body-timeout", &http_options::body_timeout, timeout, on_reload,
             "From the end of the headers to the end of the body."),
        http("idle-timeout", &http_options::idle_timeout, timeout, on_reload,
             "How long a connection may stay open between two requests."),
        http("write-timeout", &http_options::write_timeout, timeout, on_reload,
             "How long a client may take to accept its answer."),
        http("linger-timeout", &http_options::linger_timeout, timeout, on_reload,
             "How long to read on after an error answer, so that the client sees it."),
        limit("max-header-bytes", &message_limits::header_bytes, size{256, 256 * 1024}, on_restart,
              "Request line and headers together. More is answered 431."),
        limit("max-header-fields", &message_limits::header_fields, number{1, 1000}, on_restart,
              "Headers of a request. More is answered 431."),
        limit("max-body-bytes", &message_limits::body_bytes, size{256, 1024 * 1024}, on_restart,
              "Body of a request, without its framing. More is answered 413."),
        limit("max-chunk-line-bytes", &message_limits::chunk_line_bytes, size{16, 4096}, on_restart,
              "Line before each chunk of a chunked body. More is answered 400."),
        limit("max-trailer-bytes", &message_limits::trailer_bytes, size{2, 64 * 1024}, on_restart,
              "Trailers of a chunked body together. More is answered 400."),
        json("max-json-depth", &json_limits::depth, number{1, 64}, on_reload,
             "Levels of objects and arrays in a body; the outermost is 1."),
        json("max-json-members", &json_limits::members, number{1, 1024}, on_reload, "Members of one object."),
        json("max-json-total-members", &json_limits::total_members, number{1, 16384}, on_reload,
             "Members of all objects of a body together."),
        http("legacy-prefixes", &http_options::legacy_prefixes,
             list{"path prefixes such as /crmapi/rest/v2, or nothing", values::is_path_prefix, true}, on_reload,
             "Every method under / also answers under these prefixes. Empty: none."),
        http("legacy-always-200", &http_options::legacy_always_200, boolean{}, on_reload,
             "Whether errors under a legacy prefix go out with HTTP 200, for clients that read status.code alone."),
        http("verify-cookie", &http_options::verify_cookie, text{"a cookie's name, or nothing", values::is_cookie_name},
             on_reload, "Name of the cookie that may carry the token to /auth/verify. Empty: none."),
        http("verify-query-token", &http_options::verify_query_token, boolean{}, on_reload,
             "Whether /auth/verify takes the token from ?token= of X-Original-URI or X-Forwarded-Uri."),
    };
}

// The keys of lock-out, which [login] and each organisation have. `rules` makes keys of one of these sections.
template <class Section>
std::vector<key> lockout_keys(Section rules, std::string_view otherwise)
{
    number const count{0, 1000};
    duration const time{1s, 24h, 1s};
    auto const key_of = [&](std::string_view name, auto member, auto kind, std::string_view help) {
        return rules(name, member, kind, on_reload, otherwise.empty() ? help : otherwise);
    };
    return {
        key_of("lockout-failures", &lockout_rules::failures, count,
               "Failed logins of one name from one client network (/32, /64) that lock it out there. 0: no lock-out."),
        key_of("lockout-window", &lockout_rules::window, time, "Time within which these failures count together."),
        key_of("lockout-time", &lockout_rules::time, time,
               "How long the first lock-out lasts. Each one after it lasts twice as long, up to a day."),
        key_of("lockout-name-failures", &lockout_rules::name_failures, count,
               "Failed logins of one name from all networks that lock it out everywhere. 0: they never do."),
        key_of("lockout-name-window", &lockout_rules::name_window, time,
               "Time within which the failures of a name from all networks count together."),
    };
}

std::vector<key> login_keys()
{
    auto const login = section(
        "login", [](auto& c, section_index) -> auto& { return c.login; });
    auto const rules = section(
        "login", [](auto& c, section_index) -> auto& { return c.login.lockout; });
    std::vector<key> keys{
        login(
            "failure-time", &login_options::failure_time, duration{0ms, 10s}, on_reload,
            "How long after its arrival a failed login is answered, at least, so that time tells nothing about names."),
        login("blocking-threads", &login_options::blocking_threads, number{0, 256}, on_restart,
              "Threads for hashing passwords and for plugins that block. 0: half of the cores, at least one."),
        login("blocking-queue", &login_options::blocking_queue, number{1, 65536}, on_restart,
              "Logins that wait for one of these threads, by turns. More are answered 503."),
    };
    for (auto&& k : lockout_keys(rules, {}))
        keys.push_back(std::move(k));
    return keys;
}

std::vector<key> token_keys()
{
    auto const tokens = section(
        "tokens", [](auto& c, section_index) -> auto& { return c.tokens; });
    auto const rules = section(
        "tokens", [](auto& c, section_index) -> auto& { return c.tokens.lifetimes; });
    size const room{0, most_principal_room};
    auto principal_room =
        tokens("principal-room", &token_settings::principal_room, room, on_restart,
               "Memory for what is known of users, shared by their tokens. 0: 512 bytes for each token.");
    principal_room.show = [room](configuration const& c, section_index) {
        return room.write(c.tokens.effective_principal_room());
    };
    return {
        tokens("capacity", &token_settings::capacity, number{1, most_capacity}, on_restart,
               "Live tokens at once. Full, no token is issued and none is dropped."),
        std::move(principal_room),
        rules("lifetime", &lifetime_rules::lifetime, token_lifetime, on_reload, "How long a token lives."),
        rules("lifetime-policy", &lifetime_rules::policy, policy, on_reload,
              "What the lifetime counts from: the token's issue (fixed) or its last use (sliding)."),
        rules("max-lifetime", &lifetime_rules::max_lifetime, token_lifetime, on_reload,
              "Sliding: a token never lives longer than this from its issue."),
        tokens("sweep-interval", &token_settings::sweep_interval, duration{1ms, 1min}, on_restart,
               "Pause between two slices of giving the memory of expired tokens back. They are invalid at once."),
        tokens("file", &token_settings::file, path{true}, on_restart,
               "Where tokens survive a restart, on a local disk. Empty: nowhere, a restart ends them."),
        tokens("sync-interval", &token_settings::sync_interval, duration{1ms, 1min}, on_restart,
               "How much of what happened last a power cut may undo."),
        tokens("sync-release", &token_settings::sync_release, boolean{}, on_restart,
               "Whether a release is on the disk before it is answered."),
    };
}

std::vector<key> log_keys()
{
    auto const log = section(
        "log", [](auto& c, section_index) -> auto& { return c.log; });
    using l = log_level;
    using s = log_style;
    one_of<l> const level{{{"error", l::error}, {"warning", l::warning}, {"info", l::info}, {"debug", l::debug}}};
    one_of<s> const style{{{"auto", s::automatic}, {"text", s::text}, {"json", s::json}, {"journal", s::journal}}};
    return {
        log("level", &log_settings::level, level, on_restart, "The least severe lines that are written."),
        log("format", &log_settings::style, style, on_restart,
            "auto: text on a terminal, journal under systemd, else json: one JSON object a line."),
    };
}

std::vector<key> audit_keys()
{
    auto const audit = section(
        "audit", [](auto& c, section_index) -> auto& { return c.audit; });
    one_of<audit_target> const target{
        {{"off", audit_target::off}, {"journal", audit_target::journal}, {"file", audit_target::file}}};
    one_of<on_audit_failure> const failure{{{"drop", on_audit_failure::drop}, {"refuse", on_audit_failure::refuse}}};
    return {
        audit("to", &audit_options::to, target, on_restart, "Where each decision is recorded as a line of JSON."),
        audit("file", &audit_options::file, path{}, on_restart,
              "The file of to = file. It is created with mode 0600, and opened again at SIGHUP."),
        audit("on-failure", &audit_options::on_failure, failure, on_restart,
              "While it cannot be written: records wait and may be lost (drop), or answers are 503 (refuse)."),
    };
}

std::vector<key> backend_keys()
{
    auto const backend = section(
        backend_sections, [](auto& c, section_index i) -> auto& { return c.backends[i]; });
    auto const breaker = section(
        backend_sections, [](auto& c, section_index i) -> auto& { return c.backends[i].breaker; });
    one_of<on_unavailable> const outage{{{"stop", on_unavailable::stop}, {"next", on_unavailable::next}}};
    return {
        backend("plugin", &backend_options::plugin, text{"the name of a plugin, such as file", values::is_id},
                on_reload, "The plugin that checks credentials here. Mandatory."),
        backend("deadline", &backend_options::deadline, duration{10ms, 1min}, on_reload,
                "How long one question may take; then the backend counts as unavailable."),
        backend("max-in-flight", &backend_options::max_in_flight, number{1, 65536}, on_reload,
                "Questions that wait for a verdict at once."),
        backend("max-queued", &backend_options::max_queued, number{0, 65536}, on_reload,
                "Logins that wait for a place among these, by turns of organisations and client networks."),
        breaker("breaker-failures", &breaker_rules::failures, number{0, 10'000}, on_reload,
                "Outages in a row after which one login at a time asks the backend. 0: all always do."),
        breaker("breaker-time", &breaker_rules::time, duration{10ms, 1min}, on_reload,
                "Time between two of these attempts."),
        backend("on-unavailable", &backend_options::on_unavailable, outage, on_reload,
                "Whether an outage ends the login (stop) or the next backend is asked (next)."),
        backend("recheck-interval", &backend_options::recheck_interval,
                values::optional<duration>{{0ms, 24h * 30, 1s}, "nothing (5m where the plugin can check again)"},
                on_reload,
                "A token of a user who was last checked longer ago is checked again when it is used. 0s: never."),
    };
}

std::vector<key> organisation_keys()
{
    auto const organisation = section(
        organisation_sections, [](auto& c, section_index i) -> auto& { return c.organisations[i]; });
    auto const rules = section(
        organisation_sections, [](auto& c, section_index i) -> auto& { return c.organisations[i].lifetimes; });
    auto const rate = section(
        organisation_sections, [](auto& c, section_index i) -> auto& { return c.organisations[i].rate; });
    auto const lockout = section(
        organisation_sections, [](auto& c, section_index i) -> auto& { return c.organisations[i].lockout; });
    auto const limits = section(
        organisation_sections, [](auto& c, section_index i) -> auto& { return c.organisations[i].limits; });
    one_of<sessions_policy> const at_max_sessions{
        {{"reject", sessions_policy::reject}, {"evict-oldest", sessions_policy::evict_oldest}}};
    values::part const share{most_capacity};
    auto max_tokens =
        organisation("max-tokens", &organisation_section::max_tokens,
                     values::optional<values::part>{share, "nothing (50%, or 100% for an only organisation)"},
                     on_reload, "Live tokens of all its users.");
    max_tokens.show = [share](configuration const& c, section_index i) {
        return share.write(c.max_tokens_of(c.organisations[i]));
    };
    std::vector<key> keys{
        organisation("name", &organisation_options::name,
                     text{"1 to 128 bytes without control characters", values::is_organisation_name}, on_reload,
                     "The name that clients give, in any case. Default: the id of the section."),
        organisation("backends", &organisation_options::backends,
                     list{"ids of [backend.ID] sections, none of them twice", values::is_id}, on_reload,
                     "The backends to ask, in this order. Mandatory."),
        rules("lifetime", &lifetime_rules::lifetime, token_lifetime, on_reload, "Default: that of [tokens]."),
        rules("lifetime-policy", &lifetime_rules::policy, policy, on_reload, "Default: that of [tokens]."),
        rules("max-lifetime", &lifetime_rules::max_lifetime, token_lifetime, on_reload, "Default: that of [tokens]."),
        rate("rate", &rate_limit::per_second, requests, on_reload,
             "Logins a second. More are answered 429. 0: no limit."),
        rate("burst", &rate_limit::burst, requests, on_reload, "Logins at once. 0: those of a second."),
        std::move(max_tokens),
        limits("max-sessions", &token_limits::max_sessions, limit{{1, most_capacity}}, on_reload,
               "Live tokens of one user."),
        limits("sessions-policy", &token_limits::policy, at_max_sessions, on_reload,
               "Whether a further token is refused (reject) or ends the user's oldest one (evict-oldest)."),
        organisation("allow-addresses", &organisation_options::allow_addresses, peers{}, on_reload,
                     "Clients that may log in: networks, and unix for Unix sockets. Empty: all."),
        organisation("deny-addresses", &organisation_options::deny_addresses, peers{}, on_reload,
                     "Clients that may not log in, although allow-addresses lets them."),
    };
    for (auto&& k : lockout_keys(lockout, "Default: that of [login]."))
        keys.push_back(std::move(k));
    return keys;
}

}  // namespace

std::span<key const> all_keys()
{
    static std::vector<key> const keys = [] {
        std::vector<key> all;
        for (auto&& part : {server_keys(), listener_keys(), http_keys(), login_keys(), token_keys(), log_keys(),
                            audit_keys(), backend_keys(), organisation_keys()})
            all.insert(all.end(), part.begin(), part.end());
        return all;
    }();
    return keys;
}

}  // namespace tokend

#include "app/tokend/config/keys.hpp"

#include "app/tokend/config/key_parts.hpp"

#include <utility>

namespace tokend {
namespace {

using namespace key_parts;

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

std::vector<key> admin_keys()
{
    auto const admin = section(
        "admin", [](auto& c, section_index) -> auto& { return c.admin; });
    return {
        admin("operators", &admin_options::operators, values::operators{}, on_reload,
              "Who may administer, and what. The user that tokend runs as may do all."),
        admin("token-file", &admin_options::token_file, values::path{true, true}, on_reload,
              "A file with the token of the rules of kind bearer. Empty: there is none."),
    };
}

}  // namespace

std::span<key const> all_keys()
{
    static std::vector<key> const keys = [] {
        std::vector<key> all;
        for (auto&& part : {server_keys(), listener_keys(), http_keys(), login_keys(), token_keys(), log_keys(),
                            audit_keys(), admin_keys(), backend_keys(), organisation_keys()})
            all.insert(all.end(), part.begin(), part.end());
        return all;
    }();
    return keys;
}

}  // namespace tokend

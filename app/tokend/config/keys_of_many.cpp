#include "app/tokend/config/key_parts.hpp"

#include <utility>

// The keys of the sections that a configuration may have many of.
namespace tokend {

using namespace key_parts;

namespace {

auto const client_fields = one_of<client_field>{{{"none", client_field::none},
                                                 {"x-forwarded-for", client_field::x_forwarded_for},
                                                 {"forwarded", client_field::forwarded}}};

}  // namespace

std::vector<key> listener_keys()
{
    auto const listener = section(
        listener_sections, [](auto& c, section_index i) -> auto& { return c.listeners[i]; });
    values::some_of<service> const services{
        {{{"public", service::public_methods}, {"admin", service::admin}, {"metrics", service::metrics}}}};
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
                 "The methods that are served here: those of clients (public), of operators (admin), and /metrics "
                 "(metrics)."),
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

}  // namespace tokend

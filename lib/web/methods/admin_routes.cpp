#include "web/methods/admin_routes.hpp"

#include "web/methods/admin/methods.hpp"
#include "web/methods/methods.hpp"

#include <array>

namespace tokend {
namespace {

// A method that operators call.
constexpr route called(std::string_view name, std::string_view verb, std::string_view path, role needs)
{
    return {.name = name,
            .verb = verb,
            .path = path,
            .body = verb == "POST" ? body_use::json : body_use::ignored,
            .log_level = log_level::info,
            .audited = audited::calls,
            .needs = needs};
}
constexpr route method(std::string_view name, std::string_view verb, std::string_view path, role needs,
                       answer_method answer, path_use use = path_use::exact)
{
    auto r = called(name, verb, path, needs);
    r.use = use;
    r.answer = answer;
    return r;
}
constexpr route method(std::string_view name, std::string_view verb, std::string_view path, role needs, ask_method ask)
{
    auto r = called(name, verb, path, needs);
    r.ask = ask;
    return r;
}

// A method that a page asks again and again: its log and audit log have the refusals alone.
constexpr route watched(route r)
{
    r.log_level = log_level::debug;
    r.audited = audited::refusals;
    return r;
}

constexpr route with_query(route r)
{
    r.takes_query = true;
    return r;
}

constexpr std::array admin_table = numbered<15>(std::array{
    with_query(method("find_sessions", "GET", "/admin/v1/sessions", role::viewer, find_sessions)),
    method("revoke_sessions", "POST", "/admin/v1/sessions/revoke", role::operator_, revoke_sessions),
    method("revoke_session", "DELETE", "/admin/v1/sessions", role::operator_, revoke_session, path_use::last_segment),
    method("list_lockouts", "GET", "/admin/v1/lockouts", role::viewer, list_lockouts),
    method("unlock_all", "DELETE", "/admin/v1/lockouts", role::operator_, unlock_all),
    method("unlock", "DELETE", "/admin/v1/lockouts", role::operator_, unlock, path_use::two_segments),
    method("list_backends", "GET", "/admin/v1/backends", role::viewer, list_backends),
    method("test_backend", "POST", "/admin/v1/backends", role::operator_, test_backend, path_use::two_segments),
    method("explain_login", "POST", "/admin/v1/explain", role::operator_, explain_login),
    watched(method("show_status", "GET", "/admin/v1/status", role::viewer, show_status)),
    watched(with_query(method("show_history", "GET", "/admin/v1/history", role::viewer, show_history))),
    with_query(method("show_stats", "GET", "/admin/v1/stats", role::viewer, show_stats)),
    method("show_configuration", "GET", "/admin/v1/config", role::admin, show_configuration),
    method("reload", "POST", "/admin/v1/reload", role::admin, reload_configuration),
    route{.name = "page", .verb = "GET", .path = "/", .answer = show_page},
    route{.name = "page_file", .verb = "GET", .path = "/page", .use = path_use::last_segment, .answer = show_page_file},
    route{.name = "description", .verb = "GET", .path = "/openapi.json", .answer = show_description},
    health_route("checked_healthz", "/healthz", checked_healthz),
    health_route("checked_readyz", "/readyz", checked_readyz),
});

}  // namespace

std::span<route const> admin_routes() noexcept { return admin_table; }

}  // namespace tokend

#include "web/methods/public_routes.hpp"

#include "web/methods/methods.hpp"

#include <array>

namespace tokend {
namespace {

// A method of the native contract.
constexpr route native(std::string_view name, std::string_view path, answer_method answer)
{
    return {.name = name, .verb = "POST", .path = path, .native = true, .body = body_use::json, .answer = answer};
}
constexpr route native(std::string_view name, std::string_view path, ask_method ask)
{
    return {.name = name, .verb = "POST", .path = path, .native = true, .body = body_use::json, .ask = ask};
}

// A native method that logs people in.
constexpr route login(std::string_view name, std::string_view path, ask_method ask)
{
    auto r = native(name, path, ask);
    r.log_level = log_level::info;
    r.audited = audited::logins;
    return r;
}

constexpr route with(audited decisions, route r)
{
    r.audited = decisions;
    if (decisions == audited::changes)
        r.log_level = log_level::info;
    return r;
}

constexpr std::array public_table = numbered<1>(std::array{
    native("validate", "/authentication/token/validate", validate_token),
    route{.name = "verify",
          .verb = "",
          .path = "/auth/verify",
          .use = path_use::subtree,
          .body = body_use::refused,
          .dialect = dialect::bare,
          .audited = audited::refusals,
          .answer = verify},
    login("issue", "/authentication/token", issue_token),
    with(audited::changes, native("release", "/authentication/token/release", release_token)),
    with(audited::changes, native("renew", "/authentication/token/renew", renew_token)),
    with(audited::changes, native("switch_unit", "/authentication/token/switch_unit", switch_unit)),
    with(audited::refusals, native("sessions", "/authentication/sessions", list_sessions)),
    with(audited::changes, native("release_sessions", "/authentication/sessions/release", release_sessions)),
    login("web_api_key", "/authentication/web_api_key/token", issue_for_api_key),
    health_route("healthz", "/healthz", healthz),
    health_route("readyz", "/readyz", readyz),
});

}  // namespace

std::span<route const> public_routes() noexcept { return public_table; }

}  // namespace tokend

#pragma once

#include "base/task.hpp"
#include "http/request.hpp"
#include "web/message/reply.hpp"
#include "web/router.hpp"

// The methods of the HTTP contract. The tables public_routes and admin_routes give them their routes.
namespace tokend {

task<answered> issue_token(request_view const& request, request_context& ctx, reply& out);
task<answered> issue_for_api_key(request_view const& request, request_context& ctx, reply& out);

answered validate_token(request_view const& request, request_context& ctx, reply& out);
answered release_token(request_view const& request, request_context& ctx, reply& out);
answered renew_token(request_view const& request, request_context& ctx, reply& out);
answered switch_unit(request_view const& request, request_context& ctx, reply& out);

task<answered> list_sessions(request_view const& request, request_context& ctx, reply& out);
task<answered> release_sessions(request_view const& request, request_context& ctx, reply& out);

answered verify(request_view const& request, request_context& ctx, reply& out);

answered healthz(request_view const& request, request_context& ctx, reply& out);
answered readyz(request_view const& request, request_context& ctx, reply& out);
// The same with the state of every backend.
answered checked_healthz(request_view const& request, request_context& ctx, reply& out);
answered checked_readyz(request_view const& request, request_context& ctx, reply& out);

// The status page, and one file that it consists of. Its files hold nothing that needs an operator.
answered show_page(request_view const& request, request_context& ctx, reply& out);
answered show_page_file(request_view const& request, request_context& ctx, reply& out);

// The description of this interface, for everybody.
answered show_description(request_view const& request, request_context& ctx, reply& out);

answered show_metrics(request_view const& request, request_context& ctx, reply& out);

constexpr route health_route(std::string_view name, std::string_view path, answer_method answer)
{
    return {.name = name, .verb = "GET", .path = path, .answer = answer};
}

}  // namespace tokend

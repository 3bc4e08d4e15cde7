#pragma once

#include "base/task.hpp"
#include "http/request.hpp"
#include "web/message/reply.hpp"
#include "web/router.hpp"

// The methods of administration. The table admin_routes gives them their routes and the role that each needs. An
// operator of some organisations sees and changes nothing of another one.
namespace tokend {

task<answered> find_sessions(request_view const& request, request_context& ctx, reply& out);
task<answered> revoke_sessions(request_view const& request, request_context& ctx, reply& out);
answered revoke_session(request_view const& request, request_context& ctx, reply& out);

answered list_lockouts(request_view const& request, request_context& ctx, reply& out);
answered unlock_all(request_view const& request, request_context& ctx, reply& out);
answered unlock(request_view const& request, request_context& ctx, reply& out);

answered list_backends(request_view const& request, request_context& ctx, reply& out);
answered test_backend(request_view const& request, request_context& ctx, reply& out);

task<answered> explain_login(request_view const& request, request_context& ctx, reply& out);

answered show_status(request_view const& request, request_context& ctx, reply& out);
answered show_history(request_view const& request, request_context& ctx, reply& out);
task<answered> show_stats(request_view const& request, request_context& ctx, reply& out);

task<answered> show_configuration(request_view const& request, request_context& ctx, reply& out);
task<answered> reload_configuration(request_view const& request, request_context& ctx, reply& out);

}  // namespace tokend

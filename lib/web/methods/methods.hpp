#pragma once

#include "base/task.hpp"
#include "web/reply.hpp"
#include "http/request.hpp"
#include "web/services.hpp"

// One handler for each method of the HTTP contract; the routes in web/router.cpp name them. Each answers exactly once.
namespace tokend {

task<void> issue_token(request_view const& request, context& ctx, reply& out);
task<void> issue_for_api_key(request_view const& request, context& ctx, reply& out);

void validate_token(request_view const& request, context& ctx, reply& out);
void release_token(request_view const& request, context& ctx, reply& out);
void renew_token(request_view const& request, context& ctx, reply& out);
void switch_unit(request_view const& request, context& ctx, reply& out);

task<void> list_sessions(request_view const& request, context& ctx, reply& out);
task<void> release_sessions(request_view const& request, context& ctx, reply& out);

void verify(request_view const& request, context& ctx, reply& out);

void healthz(request_view const& request, context& ctx, reply& out);
void readyz(request_view const& request, context& ctx, reply& out);

}  // namespace tokend

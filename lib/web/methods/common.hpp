#pragma once

#include "base/principal.hpp"
#include "http/request.hpp"
#include "token/sessions.hpp"
#include "web/message/members.hpp"
#include "web/message/reply.hpp"
#include "web/request_context.hpp"

#include <initializer_list>
#include <string>
#include <string_view>

// What several methods have in common.
namespace tokend {

// Reads a native body into the scratch. `empty_is_object`: no body at all counts as `{}`.
[[nodiscard]] result<void> read_body(request_view const& request, request_context& ctx, bool empty_is_object);

// Reads the token that a method is about. `used` are the members that the method reads, in the contract's order.
// `check` may refuse the body before a missing member is reported.
[[nodiscard]] result<std::string_view> take_token(request_view const& request, request_context& ctx,
                                                  std::initializer_list<member> used,
                                                  result<void> (*check)(members const& body) = nullptr);

// Returns true if the token is live. Then ctx.scratch.session describes it. Notes the token for the logs that want it.
bool find_session(std::string_view token, request_context& ctx);
// The same, as a use of the token: a check of its principal may begin.
[[nodiscard]] bool inspect(std::string_view token, request_context& ctx);
refusal invalid_token();

// Notes for the audit log how many tokens the request has ended. If none, that becomes the reason.
void note_ended(std::size_t tokens, request_context& ctx);

// The rules of a live token's organisation. If the organisation is no longer configured: a fixed lifetime, which needs
// no further rules.
lifetime_rules rules_of(principal_view const& who, request_context const& ctx);

// Hands a token out: its two header fields and `data`, with all that `?verbose=1` adds if `who` is given.
answered grant(issued_token const& token, principal const* who, request_context& ctx, reply& out);

}  // namespace tokend

#pragma once

#include "token/sessions.hpp"
#include "web/reply.hpp"
#include "http/request.hpp"
#include "web/services.hpp"

#include <initializer_list>
#include <string>
#include <string_view>

// What several methods say in the same way.
namespace tokend {

// Reads a native body. `empty_is_object`: no body at all counts as `{}`.
result<void> read_body(request_view const& request, context& ctx, bool empty_is_object);

// The token that a method is about. `used`: the members that it reads, in the contract's order.
// `check`: what else must hold of the body before it is asked whether something is missing.
result<std::string_view> take_token(request_view const& request, context& ctx, std::initializer_list<member> used,
                                    result<void> (*check)(json_reader const& body) = nullptr);

// Is the token live? Then ctx.bench.seen tells of it, and its principal may have become due for a check.
bool inspect(std::string_view token, context& ctx);
refusal invalid_token();

// The rules of a live token's organisation. One that is configured no longer has fixed tokens, which need no rules.
lifetime_rules rules_of(principal_view const& who, context const& ctx);

// "ORGANISATION:username", for the decision.
std::string display_name(std::string_view organisation, std::string_view username);

// A token handed out: its two headers and `data`; all that `?verbose=1` adds if `who` is given.
void grant(issued_token const& token, principal const* who, context& ctx, reply& out);

}  // namespace tokend

#pragma once

#include "base/refusal.hpp"
#include "credential/credentials.hpp"
#include "http/request.hpp"
#include "web/message/members.hpp"

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

// From a request's body and headers to checked parameters; pure. Refusals come in the order of the HTTP contract: type and length
// of each member, conflicts, what is missing.
namespace tokend {

inline constexpr std::int64_t most_sessions_of_a_page = 1000;  // what `limit` may be

// INVALID_PARAMETER for the first of these members, in the contract's order, that has a wrong type or length.
result<void> check_types(members const& body, std::initializer_list<member> used);

// Who wants a token, and for what.
result<credentials> read_credentials(members const& body);

// The token in the body or in `Authorization: Bearer`. Two that differ in more than case are CONFLICTING_CREDENTIALS, none is
// MISSING_PARAMETER. What it looks like is not judged here. A view into the request or the body.
result<std::string_view> read_token(members const& body, request_view const& request);

// The credentials of an Authorization field of that scheme (RFC 9110 section 11.4), trimmed; nothing for another one.
std::optional<std::string_view> authorization(std::string_view value, std::string_view scheme) noexcept;

// A web API key: the user name of HTTP Basic with an empty password. INVALID_CREDENTIALS for anything else.
result<credentials> read_api_key(members const& body, request_view const& request);

}  // namespace tokend

#pragma once

#include "base/refusal.hpp"
#include "credential/credentials.hpp"
#include "http/request.hpp"
#include "web/message/members.hpp"

#include <cstdint>
#include <deque>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

// Turns a request's body and headers into checked parameters. Pure. Refusals come in the order of the HTTP contract:
// type and length of each member, conflicts, missing members.
namespace tokend {

inline constexpr std::int64_t most_sessions_of_a_page = 1000;  // the largest `limit`

// Refuses the first of these members that has a wrong type or length with INVALID_PARAMETER. `used` is in the
// contract's order.
[[nodiscard]] result<void> check_types(members const& body, std::initializer_list<member> used);

// The members that a query names. Owns their texts. A name that no member has, or that comes twice, is unknown().
class query_members
{
public:
    explicit query_members(std::string_view query);
    query_members(query_members const&) = delete;

    members const& all() const noexcept { return all_; }

private:
    std::deque<std::string> texts_;  // do not move
    members all_;
};

// As check_types(), and refuses members that are not `used`. For methods where a misspelt member would do harm. The
// refusal may name a member of the body, whose text it does not own.
[[nodiscard]] result<void> check_members(members const& body, std::initializer_list<member> used);

enum class secret_use
{
    required,
    optional  // a password or pass code that is missing is empty
};

// Reads who wants a token, and for what.
[[nodiscard]] result<credentials> read_credentials(members const& body, secret_use use = secret_use::required);

// Reads the token from the body or from `Authorization: Bearer`. Two tokens that differ in more than case are
// CONFLICTING_CREDENTIALS, no token is MISSING_PARAMETER. Does not judge the form of the token. Returns a view into the
// request or the body.
[[nodiscard]] result<std::string_view> read_token(members const& body, request_view const& request);

// The credentials of an Authorization field of that scheme (RFC 9110 section 11.4), trimmed. Nothing for another
// scheme.
[[nodiscard]] std::optional<std::string_view> authorization(std::string_view value, std::string_view scheme) noexcept;

// Reads a web API key: the user name of HTTP Basic with an empty password. Anything else is INVALID_CREDENTIALS.
[[nodiscard]] result<credentials> read_api_key(members const& body, request_view const& request);

}  // namespace tokend

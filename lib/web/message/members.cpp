#include "web/message/members.hpp"

#include <algorithm>

namespace tokend {
namespace {

constexpr std::array<std::string_view, member_count> names{
    "token",
    "username",
    "password",
    "access_token_identifier",
    "access_token_identifier.authentication_code",
    "access_token_identifier.identifier",
    "access_token_identifier.pass_code",
    "organisation",
    "unit",
    "touch",
    "accessor",
    "all_others",
    "limit",
    "cursor",
    "backend",
    "client_network",
    "client_address",
    "issued_before",
    "idle_since",
    "all",
    "top",
    "since",
};

}  // namespace

std::string_view name_of(member m) noexcept
{
    return m == member::none ? std::string_view{} : names[static_cast<std::size_t>(m)];
}

member member_named(std::string_view name) noexcept
{
    return static_cast<member>(std::find(names.begin(), names.end(), name) - names.begin());
}

}  // namespace tokend

#pragma once

#include "base/principal.hpp"

#include <string>
#include <string_view>

namespace tokend {

// Chooses tokens by whose they are; an empty member chooses all. Organisation and username are folded, the others exact.
struct session_filter
{
    std::string_view organisation;
    std::string_view username;
    std::string_view unit;
    std::string_view backend;
    std::string_view subject_id{};

    // The owner of a token: the same name at the same backend, on whatever unit.
    static session_filter owner(principal_view const& p) noexcept
    {
        return {.organisation = p.organisation, .username = p.username, .unit = {}, .backend = p.backend};
    }
    bool names_one_user() const noexcept { return !organisation.empty() && !username.empty(); }
    bool matches(principal_view const& p) const;
};

// What the principals of a user have in common, and those of no other user of an organisation.
std::string session_identity(std::string_view organisation, std::string_view username);

}  // namespace tokend

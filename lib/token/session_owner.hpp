#pragma once

#include "base/principal.hpp"

#include <string>
#include <string_view>

namespace tokend {

// The owner of a session: a user of one backend in one organisation, exactly as the backend spells it. The subject id
// identifies the user if the backend provides one, else the username does. This is the only place that compares owners.
struct session_owner
{
    std::string organisation;  // compared without the case of ASCII letters, as organisations are
    std::string backend;
    std::string username;
    std::string subject_id{};

    static session_owner of(principal_view const& p);
    bool owns(principal_view const& p) const noexcept;
    bool operator==(session_owner const&) const = default;
};

// The owner as bytes: the same bytes for all principals of one owner, and different bytes for different owners.
std::string session_identity(principal const& p);
std::string session_identity(principal_view const& p);
std::string session_identity(session_owner const& owner);

}  // namespace tokend

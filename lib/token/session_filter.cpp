#include "token/session_filter.hpp"

#include "base/text.hpp"

namespace tokend {

bool session_filter::matches(principal_view const& p) const
{
    return (organisation.empty() || equal_folded(organisation, p.organisation)) &&
           (username.empty() || fold_name(username) == fold_name(p.username)) && (unit.empty() || unit == p.unit) &&
           (backend.empty() || backend == p.backend) && (subject_id.empty() || subject_id == p.subject_id);
}

std::string session_identity(std::string_view organisation, std::string_view username)
{
    auto identity = fold(organisation);
    auto const name = fold_name(username);
    identity.reserve(identity.size() + 1 + name.size());
    identity.append(1, '\0').append(name);
    return identity;
}

}  // namespace tokend

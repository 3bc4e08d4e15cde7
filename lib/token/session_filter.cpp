#include "token/session_filter.hpp"

#include "base/text.hpp"

namespace tokend {

bool session_filter::matches(principal_view const& p) const noexcept
{
    return (organisation.empty() || equal_folded(organisation, p.organisation)) &&
           (username.empty() || username == p.username) && (unit.empty() || unit == p.unit) &&
           (backend.empty() || backend == p.backend);
}

session_choice::session_choice(session_owner const& owner)
    : accepts_{[owner](principal_view const& p) { return owner.owns(p); }}, identity_{session_identity(owner)}
{}

session_choice::session_choice(session_filter filter)
    : accepts_{[filter = std::move(filter)](principal_view const& p) { return filter.matches(p); }}
{}

}  // namespace tokend

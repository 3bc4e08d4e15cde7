#include "token/session_owner.hpp"

#include "base/text.hpp"

namespace tokend {
namespace {

// No part contains a NUL. The byte before the name distinguishes a username from a subject id with the same bytes.
template <class Owner>
std::string write_identity(Owner const& o)
{
    bool const by_id = !o.subject_id.empty();
    std::string_view const name = by_id ? o.subject_id : o.username;
    auto identity = fold(o.organisation);
    identity.reserve(identity.size() + o.backend.size() + name.size() + 3);
    identity.append(1, '\0').append(o.backend).append(1, '\0').append(1, by_id ? 'i' : 'n').append(name);
    return identity;
}

}  // namespace

session_owner session_owner::of(principal_view const& p)
{
    return {.organisation = std::string{p.organisation},
            .backend = std::string{p.backend},
            .username = std::string{p.username},
            .subject_id = std::string{p.subject_id}};
}

bool session_owner::owns(principal_view const& p) const noexcept
{
    return subject_id == p.subject_id && (!subject_id.empty() || username == p.username) && backend == p.backend &&
           equal_folded(organisation, p.organisation);
}

std::string session_identity(principal const& p) { return write_identity(p); }

std::string session_identity(principal_view const& p) { return write_identity(p); }

std::string session_identity(session_owner const& owner) { return write_identity(owner); }

}  // namespace tokend

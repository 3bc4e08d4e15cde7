#pragma once

#include "base/principal.hpp"
#include "token/session_owner.hpp"

#include <functional>
#include <string>
#include <string_view>

namespace tokend {

// Chooses sessions by members of their principals; an empty member accepts all. The organisation is compared without
// the case of ASCII letters, everything else exactly.
struct session_filter
{
    std::string organisation{};
    std::string username{};
    std::string unit{};
    std::string backend{};

    bool matches(principal_view const& p) const noexcept;
    bool operator==(session_filter const&) const = default;
};

// A choice of sessions: those of an owner, those that a filter accepts, or those of the principals that a function
// accepts.
class session_choice
{
public:
    using judge = std::function<bool(principal_view const&)>;

    session_choice(session_owner const& owner);
    session_choice(session_filter filter);
    explicit session_choice(judge accepts) : accepts_{std::move(accepts)} {}

    bool accepts(principal_view const& p) const { return accepts_(p); }
    // The identity of the owner of all of them; empty if they may have several owners.
    std::string const& identity() const noexcept { return identity_; }

private:
    judge accepts_;
    std::string identity_;
};

}  // namespace tokend

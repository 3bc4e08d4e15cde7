#pragma once

#include "base/principal.hpp"
#include "credential/options.hpp"
#include "upkeep/live_tokens.hpp"

#include <cstddef>
#include <map>
#include <set>
#include <span>
#include <string>

namespace tokend {

// The backends that each organisation of a configuration has. Tokens may come from these alone. Thread-safe.
class configured_sources
{
public:
    explicit configured_sources(std::span<organisation_options const> organisations);

    // Returns true if the principal's organisation is configured with the backend that accepted the principal.
    bool have(principal_view const& who) const;

private:
    std::map<std::string, std::set<std::string, std::less<>>, std::less<>> backends_;  // by folded name
};

// Releases the tokens whose organisation or backend is not configured. Returns their number, and logs it in one line if
// there are any; the audit log has a record for each backend of an organisation. Visits every principal, which may take
// long: call it at the start, or on a thread that nobody waits for.
std::size_t release_unconfigured(live_tokens const& live, configured_sources const& from);

}  // namespace tokend

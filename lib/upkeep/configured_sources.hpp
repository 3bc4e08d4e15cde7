#pragma once

#include "base/log.hpp"
#include "base/principal.hpp"
#include "credential/options.hpp"
#include "token/sessions.hpp"

#include <cstddef>
#include <map>
#include <set>
#include <span>
#include <string>

namespace tokend {

// Which backends each organisation of a configuration has: where its tokens may come from. Thread-safe.
class configured_sources
{
public:
    explicit configured_sources(std::span<organisation_options const> organisations);

    // Whether the principal's organisation is configured, with the backend that accepted the principal.
    bool have(principal_view const& who) const;

private:
    std::map<std::string, std::set<std::string, std::less<>>, std::less<>> backends_;  // by folded name
};

// Releases the tokens that come from nowhere in the configuration, and logs one line about them if there are any; returns how many.
// Looks at every principal, which may take a while: at the start, or on a thread that nobody waits for.
std::size_t release_unconfigured(sessions& kept, configured_sources const& from, timestamp now, logger& log);

}  // namespace tokend

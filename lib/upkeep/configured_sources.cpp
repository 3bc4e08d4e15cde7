#include "upkeep/configured_sources.hpp"

#include "base/text.hpp"

namespace tokend {

configured_sources::configured_sources(std::span<organisation_options const> organisations)
{
    for (auto const& org : organisations)
        backends_[fold(org.name)].insert(org.backends.begin(), org.backends.end());
}

bool configured_sources::have(principal_view const& who) const
{
    auto const found = backends_.find(fold(who.organisation));
    return found != backends_.end() && found->second.contains(who.backend);
}

std::size_t release_unconfigured(sessions& kept, configured_sources const& from, timestamp now, logger& log)
{
    std::set<std::string> gone;
    session_choice const unconfigured{[&](principal_view const& who) {
        if (from.have(who))
            return false;
        gone.insert(std::string{who.organisation}.append(":").append(who.backend));
        return true;
    }};
    auto const released = kept.release_all(unconfigured, now);
    if (released == 0)
        return 0;
    std::string names;
    for (auto const& name : gone)
        names.append(names.empty() ? "" : ", ").append(name);
    log.warning("tokens released: their organisation is not configured, or their backend is not one of its backends",
                {{"tokens", static_cast<std::int64_t>(released)}, {"from", names}});
    return released;
}

}  // namespace tokend

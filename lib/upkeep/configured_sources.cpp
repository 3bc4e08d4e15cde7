#include "upkeep/configured_sources.hpp"

#include "audit/audit_log.hpp"
#include "base/log.hpp"
#include "base/refusal.hpp"
#include "base/text.hpp"
#include "token/sessions.hpp"

#include <compare>
#include <cstdint>

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

namespace {

struct source
{
    std::string organisation;
    std::string backend;
    auto operator<=>(source const&) const = default;
};

void record(live_tokens const& live, source const& from, std::size_t ended)
{
    if (live.audit == nullptr || ended == 0)
        return;
    audit_record r{.event = "unconfigured"};
    r.code = to_string(code::ok);
    r.organisation = from.organisation;
    r.backend = from.backend;
    r.reason = "the organisation is not configured, or the backend is not one of its backends";
    r.ended = ended;
    live.audit->write(r);
}

}  // namespace

std::size_t release_unconfigured(live_tokens const& live, configured_sources const& from)
{
    auto const now = live.clock.now();
    std::set<source> gone;
    session_choice const none{[&](principal_view const& who) {
        if (!from.have(who))
            gone.insert({std::string{who.organisation}, std::string{who.backend}});
        return false;
    }};
    live.sessions.count(none, now);
    std::size_t released = 0;
    std::string names;
    for (auto const& one : gone)
    {
        session_choice const its{[&](principal_view const& who) {
            return who.organisation == one.organisation && who.backend == one.backend;
        }};
        auto const ended = live.sessions.release_all(its, now);
        record(live, one, ended);
        if (ended > 0)
            names.append(names.empty() ? "" : ", ").append(one.organisation).append(":").append(one.backend);
        released += ended;
    }
    if (released > 0)
        live.log.warning(
            "tokens released: their organisation is not configured, or their backend is not one of its backends",
            {{"tokens", static_cast<std::int64_t>(released)}, {"from", names}});
    return released;
}

}  // namespace tokend

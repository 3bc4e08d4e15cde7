#pragma once

#include "common/account.hpp"
#include "common/watched_file.hpp"

#include "tokend/plugin.hpp"

#include <chrono>
#include <exception>
#include <stdexcept>
#include <string>

// What the entries of plugins over a text file share: from accounts and files to the ABI.
namespace tokend::plugin {

inline tokend_verdict to_abi(verdict v) noexcept
{
    switch (v)
    {
    case verdict::accept:
        return TOKEND_ACCEPT;
    case verdict::bad_secret:
        return TOKEND_BAD_SECRET;
    case verdict::no_such_user:
        return TOKEND_NO_SUCH_USER;
    case verdict::locked:
        return TOKEND_LOCKED;
    case verdict::disabled:
        return TOKEND_DISABLED;
    case verdict::expired:
        return TOKEND_EXPIRED;
    }
    return TOKEND_UNAVAILABLE;
}

inline void answer(host const& to, tokend_ticket ticket, outcome const& what)
{
    if (what.who == nullptr)
        return to.refuse(ticket, to_abi(what.verdict), what.reason);
    auto const& who = *what.who;
    identity const known{.username = who.name,
                         .subject_id = {},
                         .units = who.belongs.units,
                         .default_unit = who.belongs.default_unit,
                         .groups = who.belongs.groups,
                         .not_after = who.ends ? who.ends->time_since_epoch().count() : 0,
                         .api_key = who.is_api_key};
    to.accept(ticket, known);
}

inline instant now() noexcept { return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()); }

// The value of the option `check-interval`.
inline std::chrono::milliseconds check_interval(options const& given)
{
    std::chrono::milliseconds const interval{given.number("check-interval")};
    if (interval <= std::chrono::milliseconds::zero())
        throw std::invalid_argument{"check-interval: 0, a time like 1s was meant"};
    return interval;
}

// Takes a changed file; the log hears of it, and once of every change for the worse.
template <class Content>
void look_again(watched_file<Content>& file, host const& to) noexcept
try
{
    if (file.refresh())
        to.log(TOKEND_LOG_INFO, file.path() + ": changed, " + std::to_string(file.current()->size()) + " records");
}
catch (std::exception const& trouble)
{
    to.log(TOKEND_LOG_ERROR, std::string{trouble.what()} + "; what was read before stays in use");
}

}  // namespace tokend::plugin

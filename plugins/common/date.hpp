#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace tokend::plugin {

using instant = std::chrono::sys_seconds;

// From `begin` up to `end`, which is not part of it.
struct period
{
    instant begin;
    instant end;
};

// Parses a day or a second in UTC, 2026-12-31 or 20261231T235959Z, from the year 2000 on. Returns nothing for any other
// text.
[[nodiscard]] std::optional<period> parse_period(std::string_view text) noexcept;

}  // namespace tokend::plugin

#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace tokend::plugin {

using instant = std::chrono::sys_seconds;

// From begin to just before end.
struct period
{
    instant begin;
    instant end;
};

// The day or the second, UTC, that a text names: 2026-12-31 or 20261231T235959Z, from the year 2000 on. Nothing for
// anything else.
std::optional<period> parse_period(std::string_view text) noexcept;

}  // namespace tokend::plugin

#pragma once

#include "ldap/settings.hpp"

#include "tokend/plugin.hpp"

#include <span>
#include <string>
#include <vector>

namespace tokend::plugin::ldap {

// The plugin's options, with their help.
std::span<tokend_option const> option_table() noexcept;

// Throws std::invalid_argument with "option: what is wrong, what was meant".
settings read_settings(options const& given);

// Returns a warning for each setting that is valid but hardly meant.
[[nodiscard]] std::vector<std::string> doubts(settings const& how);

}  // namespace tokend::plugin::ldap

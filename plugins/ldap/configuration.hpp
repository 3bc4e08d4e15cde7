#pragma once

#include "ldap/settings.hpp"

#include "tokend/plugin.hpp"

#include <span>
#include <string>
#include <vector>

namespace tokend::plugin::ldap {

// The plugin's options, with their help.
std::span<tokend_option const> option_table() noexcept;

// Throws std::invalid_argument: "option: what is wrong, what was meant".
settings read_settings(options const& given);

// What can hardly be meant, a line each.
std::vector<std::string> doubts(settings const& how);

}  // namespace tokend::plugin::ldap

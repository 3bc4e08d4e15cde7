#pragma once

#include "ldap/settings.hpp"

#include "tokend/plugin.hpp"

#include <span>

namespace tokend::plugin::ldap {

// The plugin's options, with their help.
std::span<tokend_option const> option_table() noexcept;

// Throws std::invalid_argument: "option: what is wrong, what was meant".
settings read_settings(options const& given);

}  // namespace tokend::plugin::ldap

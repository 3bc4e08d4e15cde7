#pragma once

#include "app/tokend/config/keys.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

// Finds sections and keys by the names that an administrator wrote.
namespace tokend {

// The kinds of all sections, in the order of the table of keys: "server", "listen.NAME", "http" ...
std::vector<std::string_view> section_kinds();

// The sections of a kind that a configuration has, by section_index: "backend.staff", "backend.devices".
std::vector<std::string> sections_of(configuration const& config, std::string_view kind);

// The kind of a section: "backend.ID" for "backend.staff", "server" for "server".
std::string_view kind_of(std::string_view section) noexcept;

// "staff" of "backend.staff"; nothing if its kind has one section alone.
std::optional<std::string_view> id_of(std::string_view section) noexcept;

// Returns null for an unknown key.
key const* find_key(std::string_view section, std::string_view name) noexcept;

// Returns "unknown section [sever]; did you mean [server]?", or an empty string for a section that may be in a
// configuration.
std::string section_mistake(std::string_view section);

// Returns "unknown key 'worker' in [server]; did you mean 'workers'?", or an empty string for a key that is known or
// may be one of a plugin. REQUIRES: the section is known.
std::string key_mistake(std::string_view section, std::string_view name);

}  // namespace tokend

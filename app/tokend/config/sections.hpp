#pragma once

#include "app/tokend/config/keys.hpp"

#include <optional>
#include <string>
#include <string_view>

// What may stand where: finding keys by the names that an administrator wrote.
namespace tokend {

// A section's name as its keys have it: "backend.staff" -> "backend.ID"; itself if it is not one of many.
std::string_view kind_of(std::string_view section) noexcept;

// "staff" of "backend.staff"; nothing if the section is not one of many.
std::optional<std::string_view> id_of(std::string_view section) noexcept;

// Null if there is none.
key const* find_key(std::string_view section, std::string_view name) noexcept;

// "unknown section [sever]; did you mean [server]?", or empty if the section may stand in a configuration.
std::string section_mistake(std::string_view section);

// "unknown key 'worker' in [server]; did you mean 'workers'?", or empty if the key is known or may be one of a plugin.
// REQUIRES: the section is known.
std::string key_mistake(std::string_view section, std::string_view name);

}  // namespace tokend

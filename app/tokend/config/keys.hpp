#pragma once

#include "app/tokend/config/configuration.hpp"

#include <cstddef>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <string_view>

namespace tokend {

// When another value of a key takes effect.
enum class takes_effect
{
    on_reload,
    on_restart
};

// The number of a section among those of its kind, from 0: of a listener, a backend or an organisation of the
// configuration. 0 for the other kinds, which have one section.
using section_index = std::size_t;

// The kinds of sections that a configuration may have many of.
inline constexpr std::string_view listener_sections = "listen.NAME";
inline constexpr std::string_view backend_sections = "backend.ID";
inline constexpr std::string_view organisation_sections = "organisation.ID";

struct key
{
    std::string_view section;  // "server"; "backend.ID" stands for every section of that kind
    std::string_view name;
    takes_effect when;
    std::string meant;  // the values that it takes, in words
    std::string_view help;

    // Returns false, and changes nothing, if the text is not such a value. Relative paths are relative to `base`.
    std::function<bool(configuration&, section_index, std::string_view text, std::filesystem::path const& base)> set;
    std::function<std::string(configuration const&, section_index)> show;
};

// The table of every key, and the one place to add one: load(), --help, --print-config and the test of etc/tokend.conf
// read it. The keys of a section stand together.
std::span<key const> all_keys();

}  // namespace tokend

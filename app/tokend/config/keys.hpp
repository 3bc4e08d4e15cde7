#pragma once

#include "app/tokend/config/configuration.hpp"

#include <cstddef>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <string_view>

namespace tokend {

enum class change
{
    live,
    restart
};  // whether a reload may change the key

// Which of the sections of one kind is meant: the first, second ... backend or organisation of the configuration; 0 elsewhere.
using section_index = std::size_t;

struct key
{
    std::string_view section;  // "server"; "backend.ID" and "organisation.ID" stand for every section of their kind
    std::string_view name;
    change when;
    std::string meant;  // the values it takes, in words
    std::string_view help;

    // False: the text is not such a value, and nothing has changed. Relative paths are relative to `base`.
    std::function<bool(configuration&, section_index, std::string_view text, std::filesystem::path const& base)> set;
    std::function<std::string(configuration const&, section_index)> show;
};

// The table of every key, the one place to add one: the reader, --help, --print-config and the test of etc/tokend.conf come
// from it. The keys of a section stand together.
std::span<key const> all_keys();

}  // namespace tokend

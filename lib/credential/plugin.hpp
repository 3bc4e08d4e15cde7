#pragma once

#include "credential/options.hpp"

#include "tokend/plugin.h"

#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tokend {

// The values of a backend's options in the form of the plugin ABI, checked against the plugin's table. Wipes secrets on
// destruction.
class option_values
{
public:
    option_values() = default;
    option_values(option_values&&) = default;
    option_values& operator=(option_values&&) = default;
    ~option_values();

    std::span<tokend_option_value const> values() const noexcept { return values_; }

private:
    friend option_values check_options(std::span<tokend_option const>, std::span<option_setting const>,
                                       std::string const&, std::vector<std::string>&);
    std::vector<tokend_option_value> values_;
    std::vector<std::unique_ptr<std::string>> texts_;  // values_ points into them
};

// Checks the settings of a section against the plugin's table. Appends every mistake to `errors` as "where: what, and
// what was meant"; use the values only if it appends nothing. `section` is the place of a missing option.
option_values check_options(std::span<tokend_option const> table, std::span<option_setting const> settings,
                            std::string const& section, std::vector<std::string>& errors);

// Returns what is wrong with the owners and modes of the files that options name, as "where: option: path: what, and
// the command that mends it". A missing file is not reported here.
std::vector<std::string> loose_files(std::span<tokend_option const> table, std::span<option_setting const> settings);

// One loaded library. It is never unloaded, because its code may have left threads or destructors behind.
class plugin_library
{
public:
    // Loads `directory`/`name`.so and checks that it is a plugin for this tokend. Throws std::runtime_error with the
    // file and the fault: missing (and which files exist), writable by others, no entry symbol, another ABI, a short
    // struct.
    static plugin_library load(std::filesystem::path const& directory, std::string const& name);

    tokend_plugin_descriptor const& descriptor() const noexcept { return *descriptor_; }
    // The functions of later versions of the ABI; null: the plugin has none.
    auto recheck() const noexcept { return optional(&tokend_plugin_descriptor::recheck); }
    auto knows() const noexcept { return optional(&tokend_plugin_descriptor::knows); }
    auto decoy() const noexcept { return optional(&tokend_plugin_descriptor::decoy); }
    auto explain() const noexcept { return optional(&tokend_plugin_descriptor::explain); }
    std::span<tokend_option const> options() const noexcept
    {
        return {descriptor_->options, descriptor_->option_count};
    }

private:
    explicit plugin_library(tokend_plugin_descriptor const* d) noexcept : descriptor_{d} {}

    template <class Function>
    Function optional(Function tokend_plugin_descriptor::*member) const noexcept
    {
        auto const* const begin = reinterpret_cast<char const*>(descriptor_);
        auto const* const end = reinterpret_cast<char const*>(&(descriptor_->*member) + 1);
        return descriptor_->size >= static_cast<std::size_t>(end - begin) ? descriptor_->*member : nullptr;
    }

    tokend_plugin_descriptor const* descriptor_;
};

// The text of --plugin-help: the plugin and its options.
std::string describe(plugin_library const& library);

// The names of the libraries in a plugin directory, sorted.
std::vector<std::string> list_plugins(std::filesystem::path const& directory);

}  // namespace tokend

#include "app/tokend/config/sections.hpp"

#include "app/tokend/config/spelling.hpp"
#include "app/tokend/config/values.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <vector>

namespace tokend {
namespace {

constexpr std::string_view kinds_of_many[] = {"backend.ID", "organisation.ID"};

// "backend." of "backend.ID".
constexpr std::string_view prefix_of(std::string_view kind) { return kind.substr(0, kind.find('.') + 1); }

std::vector<std::string_view> section_names()
{
    std::vector<std::string_view> names;
    for (auto const& k : all_keys())
        if (names.empty() || names.back() != k.section)
            names.push_back(k.section);
    return names;
}

std::vector<std::string_view> key_names(std::string_view kind)
{
    std::vector<std::string_view> names;
    for (auto const& k : all_keys())
        if (k.section == kind)
            names.push_back(k.name);
    return names;
}

}  // namespace

std::string_view kind_of(std::string_view section) noexcept
{
    for (auto const kind : kinds_of_many)
        if (section.starts_with(prefix_of(kind)))
            return kind;
    return section;
}

std::optional<std::string_view> id_of(std::string_view section) noexcept
{
    for (auto const kind : kinds_of_many)
        if (section.starts_with(prefix_of(kind)))
            return section.substr(prefix_of(kind).size());
    return std::nullopt;
}

key const* find_key(std::string_view section, std::string_view name) noexcept
{
    auto const keys = all_keys();
    auto const kind = kind_of(section);
    auto const found =
        std::find_if(keys.begin(), keys.end(), [&](key const& k) { return k.section == kind && k.name == name; });
    return found == keys.end() ? nullptr : &*found;
}

std::string section_mistake(std::string_view section)
{
    if (auto const id = id_of(section))
        return values::is_id(*id)
                   ? ""
                   : "the id in [" + std::string{section} + "] must be 1 to 64 letters, digits, '_' or '-'";
    auto const names = section_names();
    if (std::find(names.begin(), names.end(), section) != names.end())
        return {};
    auto const meant = nearest(section, names);
    return "unknown section [" + std::string{section} + "]; " +
           (meant.empty() ? "there are " + join(names, ", ", "[", "]") : "did you mean [" + std::string{meant} + "]?");
}

std::string key_mistake(std::string_view section, std::string_view name)
{
    auto const kind = kind_of(section);
    if (kind == "backend.ID" || find_key(section, name))
        return {};
    auto const names = key_names(kind);
    auto const meant = nearest(name, names);
    return "unknown key '" + std::string{name} + "' in [" + std::string{section} + "]; " +
           (meant.empty() ? "there are " + join(names, ", ") : "did you mean '" + std::string{meant} + "'?");
}

}  // namespace tokend

#include "app/tokend/config/sections.hpp"

#include "app/tokend/config/spelling.hpp"
#include "app/tokend/config/values.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <vector>

namespace tokend {
namespace {

constexpr std::string_view kinds_of_many[] = {listener_sections, backend_sections, organisation_sections};

// "backend." of "backend.ID".
constexpr std::string_view prefix_of(std::string_view kind) { return kind.substr(0, kind.find('.') + 1); }

std::vector<std::string_view> key_names(std::string_view kind)
{
    std::vector<std::string_view> names;
    for (auto const& k : all_keys())
        if (k.section == kind)
            names.push_back(k.name);
    return names;
}

}  // namespace

std::vector<std::string_view> section_kinds()
{
    std::vector<std::string_view> kinds;
    for (auto const& k : all_keys())
        if (kinds.empty() || kinds.back() != k.section)
            kinds.push_back(k.section);
    return kinds;
}

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

std::vector<std::string> sections_of(configuration const& config, std::string_view kind)
{
    auto const names = [&](auto const& all, auto id) {
        std::vector<std::string> found;
        for (auto const& one : all)
            found.push_back(std::string{prefix_of(kind)} + one.*id);
        return found;
    };
    if (kind == listener_sections)
        return names(config.listeners, &listener_options::name);
    if (kind == backend_sections)
        return names(config.backends, &backend_options::id);
    if (kind == organisation_sections)
        return names(config.organisations, &organisation_section::id);
    return {std::string{kind}};
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
    auto const names = section_kinds();
    if (std::find(names.begin(), names.end(), section) != names.end())
        return {};
    auto const meant = nearest(section, names);
    return "unknown section [" + std::string{section} + "]; " +
           (meant.empty() ? "there are " + join(names, ", ", "[", "]") : "did you mean [" + std::string{meant} + "]?");
}

std::string key_mistake(std::string_view section, std::string_view name)
{
    auto const kind = kind_of(section);
    if (kind == backend_sections || find_key(section, name))
        return {};
    auto const names = key_names(kind);
    auto const meant = nearest(name, names);
    return "unknown key '" + std::string{name} + "' in [" + std::string{section} + "]; " +
           (meant.empty() ? "there are " + join(names, ", ") : "did you mean '" + std::string{meant} + "'?");
}

}  // namespace tokend

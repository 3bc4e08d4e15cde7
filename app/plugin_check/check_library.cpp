#include "app/plugin_check/checks.hpp"
#include "app/plugin_check/child.hpp"
#include "app/plugin_check/elf.hpp"
#include "app/plugin_check/rules.hpp"

#include "base/text.hpp"
#include "credential/plugin.hpp"

#include <algorithm>
#include <set>

// The library as it lies there: its symbols, its descriptor, its table of options.
namespace tokend {
namespace {

std::filesystem::path file_of(plan const& p) { return p.folder / (p.name + ".so"); }

bool is_line(char const* text)
{
    return text != nullptr && *text != '\0' && is_utf8(text) && !has_control_character(text);
}

bool is_option_name(std::string_view name)
{
    return !name.empty() && name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == name.npos;
}

void check_option(tokend_option const& o)
{
    if (o.name == nullptr || !is_option_name(o.name))
        fail("an option is called '" + std::string{o.name == nullptr ? "" : o.name} + "'", rule::option_name);
    auto const name = "the option '" + std::string{o.name} + "'";
    if (o.type < TOKEND_OPTION_TEXT || o.type > TOKEND_OPTION_SECRET)
        fail(name + " has the type " + std::to_string(o.type), rule::option_type);
    if (!is_line(o.help))
        fail(name + " has no help text of one line", rule::option_help);
    if (o.required > 1 || (o.required != 0 && o.default_value != nullptr))
        fail(name + " is required and has a default, or neither is clear", rule::option_default);
    if (o.default_value == nullptr)
        return;
    if (o.type == TOKEND_OPTION_SECRET)
        fail(name + " is a secret with a default", rule::option_default);
    std::vector<std::string> errors;
    check_options({&o, 1}, {}, "the default of", errors);
    if (!errors.empty())
        fail(errors.front(), rule::option_default);
}

}  // namespace

std::string check_load(plan const& p)
{
    auto const library = plugin_library::load(p.folder, p.name);
    auto const& d = library.descriptor();
    return std::string{d.name} + ' ' + d.version + ", plugin ABI " + std::to_string(d.abi_major) + '.' +
           std::to_string(d.abi_minor);
}

std::string check_exports(plan const& p)
{
    auto const exported = read_symbols(file_of(p)).exported;
    if (exported.size() == 1)
        return exported.front();
    constexpr std::size_t most = 5;
    std::vector<std::string> others;
    std::ranges::copy_if(exported, std::back_inserter(others), [](auto const& s) { return s != "tokend_plugin"; });
    auto const count = others.size();
    others.resize(std::min(count, most));
    fail("exports " + std::to_string(count) + " symbols besides: " + join(others, ", ") +
             (count > most ? " and so on" : "") + "; build it with -fvisibility=hidden and the version script",
         rule::one_symbol);
}

std::string check_descriptor(plan const& p)
{
    auto const library = plugin_library::load(p.folder, p.name);
    auto const& d = library.descriptor();
    constexpr std::uint32_t known = TOKEND_KIND_PASSWORD | TOKEND_KIND_CODE | TOKEND_KIND_IDENTIFIER;
    if (!is_line(d.version))
        fail("has no version of one line", {});
    if ((d.kinds & ~known) != 0)
        fail("takes kinds of credentials that there are not: " + std::to_string(d.kinds), rule::blocking);
    if ((d.blocking_kinds & ~d.kinds) != 0)
        fail("blocks for kinds of credentials that it does not take", rule::blocking);
    if (library.decoy() != nullptr && d.blocking_kinds == 0)
        fail("has a decoy(), but no kind that blocks", rule::decoy_kinds);
    if (d.abi_minor > TOKEND_ABI_MINOR)
        return "made for a newer tokend than this program; what is newer is not checked";
    return std::to_string(d.size) + " bytes";
}

std::string check_options_table(plan const& p)
{
    auto const library = plugin_library::load(p.folder, p.name);
    std::set<std::string> names;
    for (auto const& o : library.options())
    {
        check_option(o);
        if (!names.insert(o.name).second)
            fail("has the option '" + std::string{o.name} + "' twice", rule::option_name);
    }
    return std::to_string(names.size()) + (names.size() == 1 ? " option" : " options");
}

}  // namespace tokend

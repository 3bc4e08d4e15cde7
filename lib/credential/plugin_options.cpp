#include "credential/plugin.hpp"

#include "base/secret_file.hpp"
#include "base/text.hpp"

#include "tokend/protection.hpp"

#include <algorithm>
#include <cstdlib>
#include <limits>
#include <optional>
#include <stdexcept>
#include <system_error>

namespace tokend {
namespace {

namespace fs = std::filesystem;

struct parsed
{
    std::string text;
    std::int64_t number = 0;
    secret hidden;  // instead of the text
};

constexpr std::size_t max_secret_bytes = 64 * 1024;

std::string key_of(tokend_option const& o)
{
    return o.type == TOKEND_OPTION_SECRET ? std::string{o.name} + "-file" : std::string{o.name};
}

std::string_view meaning_of(std::uint32_t type)
{
    switch (type)
    {
    case TOKEND_OPTION_INTEGER:
        return "a number";
    case TOKEND_OPTION_BOOLEAN:
        return "yes or no";
    case TOKEND_OPTION_DURATION:
        return "a duration such as 250ms, 30s, 15m, 8h or 1d";
    case TOKEND_OPTION_SIZE:
        return "a size such as 4096, 64k, 16m or 1g";
    case TOKEND_OPTION_PATH:
        return "a path";
    case TOKEND_OPTION_LIST:
        return "a list, separated by commas or white space";
    case TOKEND_OPTION_SECRET:
        return "a file, or credential:NAME";
    default:
        return "a text";
    }
}

// `credential:NAME` is a file of systemd's LoadCredential=, in a folder that only this service can read.
std::optional<fs::path> secret_file(std::string const& value, fs::path const& base)
{
    constexpr std::string_view scheme = "credential:";
    if (!value.starts_with(scheme))
        return base / value;
    char const* const directory = std::getenv("CREDENTIALS_DIRECTORY");
    if (directory == nullptr)
        return std::nullopt;
    return fs::path{directory} / value.substr(scheme.size());
}

std::optional<parsed> read_secret(option_setting const& s, std::vector<std::string>& errors)
{
    auto const file = secret_file(s.value, s.base);
    if (!file)
    {
        errors.push_back(s.where + ": " + s.name + " = " + s.value +
                         " needs systemd's LoadCredential=; CREDENTIALS_DIRECTORY is not set");
        return std::nullopt;
    }
    auto const refuse = [&](std::string const& what) {
        errors.push_back(s.where + ": " + s.name + ": " + file->string() + what);
        return std::nullopt;
    };
    try
    {
        parsed p;
        p.hidden = read_secret_file(file->string(), max_secret_bytes);
        return p.hidden.empty() ? refuse(" is empty") : std::optional{std::move(p)};
    }
    catch (std::length_error const&)
    {
        return refuse(" has more than 64 KiB");
    }
    catch (std::system_error const& failed)
    {
        return refuse(" cannot be read: " + failed.code().message());
    }
}

std::optional<std::int64_t> signed_number(std::optional<std::uint64_t> n)
{
    if (!n || *n > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
        return std::nullopt;
    return static_cast<std::int64_t>(*n);
}

// The number of a value of a numeric type; 0 for other types. Returns nothing if the value is malformed.
std::optional<std::int64_t> number_of(std::uint32_t type, std::string const& value)
{
    switch (type)
    {
    case TOKEND_OPTION_INTEGER:
        return signed_number(parse_number(value));
    case TOKEND_OPTION_SIZE:
        return signed_number(parse_size(value));
    case TOKEND_OPTION_BOOLEAN:
        if (auto const b = parse_boolean(value))
            return *b ? 1 : 0;
        return std::nullopt;
    case TOKEND_OPTION_DURATION:
        if (auto const d = parse_duration(value))
            return d->count();
        return std::nullopt;
    default:
        return 0;
    }
}

std::optional<parsed> parse(tokend_option const& o, option_setting const& s, std::vector<std::string>& errors)
{
    if (o.type == TOKEND_OPTION_SECRET)
        return read_secret(s, errors);
    auto const number = number_of(o.type, s.value);
    if (!number || (s.value.empty() && o.type != TOKEND_OPTION_LIST))
    {
        errors.push_back(s.where + ": " + s.name + " = " + s.value + ": " + std::string{meaning_of(o.type)} +
                         " is meant");
        return std::nullopt;
    }
    parsed p{s.value, *number, {}};
    if (o.type == TOKEND_OPTION_PATH)
        p.text = (s.base / s.value).lexically_normal().string();
    if (o.type == TOKEND_OPTION_LIST)
        p.text = join(split_list(s.value), ",");
    return p;
}

std::string known_keys(std::span<tokend_option const> table)
{
    std::vector<std::string> keys;
    for (auto const& o : table)
        keys.push_back(key_of(o));
    return keys.empty() ? "it has no options" : "its options are: " + join(keys, ", ");
}

}  // namespace

option_values::~option_values()
{
    for (auto const& text : texts_)
        wipe(*text);
}

option_values check_options(std::span<tokend_option const> table, std::span<option_setting const> settings,
                            std::string const& section, std::vector<std::string>& errors)
{
    for (auto const& s : settings)
        if (std::none_of(table.begin(), table.end(), [&](tokend_option const& o) { return key_of(o) == s.name; }))
            errors.push_back(s.where + ": the plugin has no option '" + s.name + "'; " + known_keys(table));

    option_values checked;
    for (auto const& o : table)
    {
        auto const set =
            std::find_if(settings.begin(), settings.end(), [&](auto const& s) { return key_of(o) == s.name; });
        std::optional<parsed> p;
        if (set != settings.end())
            p = parse(o, *set, errors);
        else if (o.default_value != nullptr)
            p = parse(o, option_setting{key_of(o), o.default_value, section, {}}, errors);
        else if (o.required != 0)
            errors.push_back(section + ": '" + key_of(o) + "' is missing: " + o.help);
        auto& text = *checked.texts_.emplace_back(std::make_unique<std::string>());
        if (p)
            text.assign(o.type == TOKEND_OPTION_SECRET ? p->hidden.reveal() : std::string_view{p->text});
        checked.values_.push_back({o.name, p ? 1U : 0U, {text.data(), text.size()}, p ? p->number : 0});
    }
    return checked;
}

std::vector<std::string> loose_files(std::span<tokend_option const> table, std::span<option_setting const> settings)
{
    std::vector<std::string> found;
    for (auto const& o : table)
        for (auto const& s : settings)
        {
            if (key_of(o) != s.name || (o.type != TOKEND_OPTION_PATH && o.type != TOKEND_OPTION_SECRET))
                continue;
            bool const is_secret = o.type == TOKEND_OPTION_SECRET;
            auto const file = is_secret ? secret_file(s.value, s.base) : std::optional{s.base / s.value};
            if (!file)
                continue;
            auto const kind = is_secret ? plugin::secrecy::secret : plugin::secrecy::none;
            if (auto const mistake = plugin::loose_mode(file->lexically_normal().string(), kind); !mistake.empty())
                found.push_back(s.where + ": " + s.name + ": " + mistake);
        }
    return found;
}

std::string describe(plugin_library const& library)
{
    auto const& d = library.descriptor();
    std::string text = std::string{d.name} + ' ' + d.version + ", plugin ABI " + std::to_string(d.abi_major) + '.' +
                       std::to_string(d.abi_minor) + "\n";
    if (library.recheck() != nullptr)
        text += "can check a user again: recheck-interval of the backend\n";
    for (auto const& o : library.options())
    {
        text += "\n  " + key_of(o) + " = " + std::string{meaning_of(o.type)};
        text += o.required != 0              ? " (required)"
                : o.default_value != nullptr ? " (default " + std::string{o.default_value} + ")"
                                             : "";
        text += "\n      " + std::string{o.help} + "\n";
    }
    return text;
}

}  // namespace tokend

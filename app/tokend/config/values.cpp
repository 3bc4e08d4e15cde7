#include "app/tokend/config/values.hpp"

#include "app/tokend/config/credential.hpp"

#include "base/system_account.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <cstdlib>

namespace tokend::values {
namespace {

namespace fs = std::filesystem;

bool is_alphanumeric(char c) noexcept
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

template <class T>
std::optional<T> within(std::optional<T> value, T low, T high)
{
    return value && *value >= low && *value <= high ? value : std::nullopt;
}

fs::path absolute(fs::path const& p, fs::path const& base) { return (base / p).lexically_normal(); }

std::string format_size(std::uint64_t bytes)
{
    constexpr std::string_view suffixes = "kmg";
    std::string suffix;
    for (std::size_t i = 0; i < suffixes.size() && bytes != 0 && bytes % 1024 == 0; ++i, bytes /= 1024)
        suffix = suffixes[i];
    return std::to_string(bytes) + suffix;
}

// `read` turns a word into an optional item.
template <class Item, class Read>
std::optional<std::vector<Item>> read_items(std::string_view text, Read read)
{
    std::vector<Item> items;
    for (auto const word : split_list(text))
    {
        auto item = read(word);
        if (!item || std::find(items.begin(), items.end(), *item) != items.end())
            return std::nullopt;
        items.push_back(std::move(*item));
    }
    return items;
}

}  // namespace

std::optional<std::uint64_t> number::read(std::string_view text, fs::path const&) const
{
    return within(parse_number(text), low, high);
}
std::string number::write(std::uint64_t value) const { return std::to_string(value); }
std::string number::meant() const
{
    return "a whole number from " + std::to_string(low) + " to " + std::to_string(high);
}

std::optional<std::uint64_t> size::read(std::string_view text, fs::path const&) const
{
    return within(parse_size(text), low, high);
}
std::string size::write(std::uint64_t value) const { return format_size(value); }
std::string size::meant() const
{
    return "a size from " + format_size(low) + " to " + format_size(high) + ", such as 4096, 16k or 1m";
}

std::optional<std::chrono::milliseconds> duration::read(std::string_view text, fs::path const&) const
{
    auto const value = within(parse_duration(text), low, high);
    return value && *value % step == step.zero() ? value : std::nullopt;
}
std::string duration::write(std::chrono::milliseconds value) const { return format_duration(value); }
std::string duration::meant() const
{
    return std::string{step == std::chrono::seconds{1} ? "a duration in whole seconds" : "a duration"} + " from " +
           format_duration(low) + " to " + format_duration(high) + ", such as " +
           (step == std::chrono::seconds{1} ? "30s, 15m, 8h or 1d" : "250ms, 30s or 15m");
}

std::optional<std::size_t> limit::read(std::string_view text, fs::path const& base) const
{
    return text == "none" ? token_limits::none : when_set.read(text, base);
}
std::string limit::write(std::size_t value) const
{
    return value == token_limits::none ? "none" : when_set.write(value);
}
std::string limit::meant() const { return when_set.meant() + ", or none"; }

std::optional<portion> part::read(std::string_view text, fs::path const&) const
{
    bool const is_percentage = text.ends_with('%');
    text.remove_suffix(is_percentage ? 1 : 0);
    auto const value = within(parse_number(text), std::uint64_t{1}, is_percentage ? 100 : high);
    return value ? std::optional{portion{*value, is_percentage}} : std::nullopt;
}
std::string part::write(portion value) const { return std::to_string(value.value) + (value.is_percentage ? "%" : ""); }
std::string part::meant() const
{
    return number{1, high}.meant() + ", or a percentage of the capacity from 1% to 100%";
}

std::optional<bool> boolean::read(std::string_view text, fs::path const&) const { return parse_boolean(text); }
std::string boolean::write(bool value) const { return value ? "yes" : "no"; }
std::string boolean::meant() const { return "yes or no"; }

std::optional<unsigned> mode::read(std::string_view text, fs::path const&) const
{
    unsigned value = 0;
    auto const [end, ec] = std::from_chars(text.data(), text.data() + text.size(), value, 8);
    bool const complete = ec == std::errc{} && end == text.data() + text.size();
    return complete && value <= 0777 ? std::optional{value} : std::nullopt;
}
std::string mode::write(unsigned value) const
{
    char text[16];
    std::snprintf(text, sizeof text, "%04o", value);
    return text;
}
std::string mode::meant() const { return "permissions in octal, such as 0660"; }

std::optional<std::string> group::read(std::string_view text, fs::path const&) const
{
    std::string name{text};
    bool const known = name.empty() || find_group(name).has_value();
    return known ? std::optional{std::move(name)} : std::nullopt;
}
std::string group::write(std::string const& value) const { return value; }
std::string group::meant() const { return "a group of this system, by name or number, or nothing"; }

std::optional<fs::path> path::read(std::string_view text, fs::path const& base) const
{
    if (text.empty())
        return may_be_empty ? std::optional{fs::path{}} : std::nullopt;
    return may_be_credential && is_credential(text) ? credential_file(text) : absolute(fs::path{text}, base);
}
std::string path::write(fs::path const& value) const { return value.string(); }
std::string path::meant() const
{
    return std::string{"a path"} + (may_be_credential ? " or credential:NAME" : "") +
           (may_be_empty ? ", or nothing" : "");
}

std::optional<unix_path> socket_path::read(std::string_view text, fs::path const& base) const
{
    return text.empty() ? unix_path{} : unix_path::parse("unix:" + std::string{text}, base);
}
std::string socket_path::write(unix_path const& value) const { return value.path; }
std::string socket_path::meant() const { return "the path of a Unix socket, at most 107 bytes, or nothing"; }

std::optional<std::vector<fs::path>> files::read(std::string_view text, fs::path const& base) const
{
    std::vector<fs::path> all;
    for (auto const word : split_list(text))
        all.push_back(is_credential(word) ? credential_file(word) : absolute(fs::path{word}, base));
    return all;
}
std::string files::write(std::vector<fs::path> const& value) const
{
    std::vector<std::string> texts;
    for (auto const& file : value)
        texts.push_back(file.string());
    return join(texts, ", ");
}
std::string files::meant() const { return "paths, or credential:NAME in a service with LoadCredential=, or nothing"; }

std::optional<std::string> text::read(std::string_view t, fs::path const&) const
{
    return valid(t) ? std::optional{std::string{t}} : std::nullopt;
}
std::string text::write(std::string const& value) const { return value; }
std::string text::meant() const { return std::string{in_words}; }

std::optional<std::vector<std::string>> list::read(std::string_view text, fs::path const&) const
{
    auto items = read_items<std::string>(
        text, [this](std::string_view item) { return valid(item) ? std::optional{std::string{item}} : std::nullopt; });
    return items && (may_be_empty || !items->empty()) ? items : std::nullopt;
}
std::string list::write(std::vector<std::string> const& value) const { return join(value, ", "); }
std::string list::meant() const { return std::string{in_words}; }

std::optional<std::vector<listening_address>> addresses::read(std::string_view text, fs::path const& base) const
{
    auto items = read_items<listening_address>(
        text, [&](std::string_view item) { return listening_address::parse(item, base); });
    return items && !items->empty() ? items : std::nullopt;
}
std::string addresses::write(std::vector<listening_address> const& value) const
{
    std::vector<std::string> texts;
    for (auto const& address : value)
        texts.push_back(address.text());
    return join(texts, ", ");
}
std::string addresses::meant() const
{
    return "numeric addresses or localhost with a port, Unix sockets, or sockets of systemd, such as 127.0.0.1:8080, "
           "[::1]:8080, localhost:8080, unix:/run/tokend/public.sock or fd:public";
}

std::optional<address_set> peers::read(std::string_view text, fs::path const&) const
{
    constexpr std::string_view any_unix = "unix";
    using item = std::pair<bool, network>;  // true: any_unix
    auto const items = read_items<item>(text, [&](std::string_view word) {
        if (word == any_unix)
            return std::optional{item{true, {}}};
        auto const block = network::parse(word);
        return block ? std::optional{item{false, *block}} : std::nullopt;
    });
    if (!items)
        return std::nullopt;
    address_set read;
    for (auto const& [is_unix, block] : *items)
        if (is_unix)
            read.unix_sockets = true;
        else
            read.networks.push_back(block);
    return read;
}
std::string peers::write(address_set const& value) const
{
    std::vector<std::string> texts;
    for (auto const& block : value.networks)
        texts.push_back(block.text());
    if (value.unix_sockets)
        texts.emplace_back("unix");
    return join(texts, ", ");
}
std::string peers::meant() const
{
    return "addresses and networks such as 192.0.2.7, 10.0.0.0/8 or 2001:db8::/32, and unix for the peers on Unix "
           "sockets; or nothing";
}

std::optional<std::vector<operator_rule>> operators::read(std::string_view text, fs::path const&) const
{
    std::vector<operator_rule> rules;
    while (!trim(text).empty())
    {
        auto const one = text.substr(0, text.find(';'));
        text.remove_prefix(std::min(one.size() + 1, text.size()));
        auto rule = operator_rule::parse(one);
        if (!rule || std::find(rules.begin(), rules.end(), *rule) != rules.end())
            return std::nullopt;
        rules.push_back(std::move(*rule));
    }
    return rules;
}
std::string operators::write(std::vector<operator_rule> const& value) const
{
    std::vector<std::string> texts;
    for (auto const& rule : value)
        texts.push_back(rule.text());
    return join(texts, "; ");
}
std::string operators::meant() const
{
    return "rules between semicolons, each a role and who has it, such as admin user:root; operator@ACME "
           "group:support; "
           "viewer certificate:CN=monitor; viewer bearer; or nothing";
}

bool is_id(std::string_view s) noexcept
{
    return !s.empty() && s.size() <= 64 &&
           std::all_of(s.begin(), s.end(), [](char c) { return is_alphanumeric(c) || c == '_' || c == '-'; });
}

bool is_cookie_name(std::string_view s) noexcept
{
    constexpr std::string_view marks = "!$%&'*+-.^_`|~";
    return s.size() <= 64 &&
           std::all_of(s.begin(), s.end(), [&](char c) { return is_alphanumeric(c) || marks.find(c) != marks.npos; });
}

bool is_path_prefix(std::string_view s) noexcept
{
    return s.size() > 1 && s.size() <= 256 && s.front() == '/' && s.back() != '/' &&
           std::all_of(s.begin(), s.end(), [](char c) { return c > 0x20 && c < 0x7f && c != '?' && c != '#'; });
}

bool is_organisation_name(std::string_view s) noexcept
{
    return !s.empty() && s.size() <= 128 && !has_control_character(s);
}

}  // namespace tokend::values

#pragma once

#include "app/tokend/config/portion.hpp"
#include "base/address_set.hpp"
#include "base/text.hpp"
#include "base/token_limits.hpp"
#include "web/operators.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// The kinds of values that keys take. read() returns nothing for a text of another kind; relative paths in it are
// relative to `base`. write() returns a text that reads as the same value. meant() describes in words what the kind
// accepts.
namespace tokend::values {

struct number
{
    std::uint64_t low;
    std::uint64_t high;
    std::optional<std::uint64_t> read(std::string_view text, std::filesystem::path const& base) const;
    std::string write(std::uint64_t value) const;
    std::string meant() const;
};

struct size
{
    std::uint64_t low;  // bytes
    std::uint64_t high;
    std::optional<std::uint64_t> read(std::string_view text, std::filesystem::path const& base) const;
    std::string write(std::uint64_t value) const;
    std::string meant() const;
};

struct duration
{
    std::chrono::milliseconds low;
    std::chrono::milliseconds high;
    std::chrono::milliseconds step{1};  // one second if the value is held in whole seconds
    std::optional<std::chrono::milliseconds> read(std::string_view text, std::filesystem::path const& base) const;
    std::string write(std::chrono::milliseconds value) const;
    std::string meant() const;
};

// A whole number, or `none`: token_limits::none.
struct limit
{
    number when_set;
    std::optional<std::size_t> read(std::string_view text, std::filesystem::path const& base) const;
    std::string write(std::size_t value) const;
    std::string meant() const;
};

// A whole number from 1 to `high`, or a percentage from 1% to 100%.
struct part
{
    std::uint64_t high;
    std::optional<portion> read(std::string_view text, std::filesystem::path const& base) const;
    std::string write(portion value) const;
    std::string meant() const;
};

// A value of another kind, or an empty text, which leaves the choice to tokend.
template <class Kind>
struct optional
{
    Kind when_set;
    std::string_view otherwise;  // the meaning of an empty text, in words

    using value = decltype(when_set.read({}, {}));
    std::optional<value> read(std::string_view text, std::filesystem::path const& base) const
    {
        std::optional<value> read{std::in_place};
        if (!text.empty() && !(*read = when_set.read(text, base)))
            read.reset();
        return read;
    }
    std::string write(value const& v) const { return v ? when_set.write(*v) : std::string{}; }
    std::string meant() const { return when_set.meant() + ", or " + std::string{otherwise}; }
};

struct boolean
{
    std::optional<bool> read(std::string_view text, std::filesystem::path const& base) const;
    std::string write(bool value) const;
    std::string meant() const;
};

// Permissions of a file, in octal.
struct mode
{
    std::optional<unsigned> read(std::string_view text, std::filesystem::path const& base) const;
    std::string write(unsigned value) const;
    std::string meant() const;
};

// A group of this system: its name, its number, or nothing.
struct group
{
    std::optional<std::string> read(std::string_view text, std::filesystem::path const& base) const;
    std::string write(std::string const& value) const;
    std::string meant() const;
};

struct path
{
    bool may_be_empty = false;
    bool may_be_credential = false;  // credential:NAME, as in `files`
    std::optional<std::filesystem::path> read(std::string_view text, std::filesystem::path const& base) const;
    std::string write(std::filesystem::path const& value) const;
    std::string meant() const;
};

// The path of a Unix socket, or nothing.
struct socket_path
{
    std::optional<unix_path> read(std::string_view text, std::filesystem::path const& base) const;
    std::string write(unix_path const& value) const;
    std::string meant() const;
};

// Files, separated by commas or white space. `credential:NAME` is a file of systemd's LoadCredential=.
struct files
{
    std::optional<std::vector<std::filesystem::path>> read(std::string_view text,
                                                           std::filesystem::path const& base) const;
    std::string write(std::vector<std::filesystem::path> const& value) const;
    std::string meant() const;
};

struct text
{
    std::string_view in_words;
    bool (*valid)(std::string_view);
    std::optional<std::string> read(std::string_view text, std::filesystem::path const& base) const;
    std::string write(std::string const& value) const;
    std::string meant() const;
};

// Texts, separated by commas or white space, without duplicates.
struct list
{
    std::string_view in_words;
    bool (*valid)(std::string_view item);
    bool may_be_empty = false;
    std::optional<std::vector<std::string>> read(std::string_view text, std::filesystem::path const& base) const;
    std::string write(std::vector<std::string> const& value) const;
    std::string meant() const;
};

// Addresses to listen on, without duplicates.
struct addresses
{
    std::optional<std::vector<listening_address>> read(std::string_view text, std::filesystem::path const& base) const;
    std::string write(std::vector<listening_address> const& value) const;
    std::string meant() const;
};

// Networks, and `unix` for the peers on Unix sockets, without duplicates; or nothing.
struct peers
{
    std::optional<address_set> read(std::string_view text, std::filesystem::path const& base) const;
    std::string write(address_set const& value) const;
    std::string meant() const;
};

// Rules of operators, separated by semicolons.
struct operators
{
    std::optional<std::vector<operator_rule>> read(std::string_view text, std::filesystem::path const& base) const;
    std::string write(std::vector<operator_rule> const& value) const;
    std::string meant() const;
};

template <class Enum>
struct one_of
{
    std::vector<std::pair<std::string_view, Enum>> names;

    std::optional<Enum> read(std::string_view text, std::filesystem::path const&) const
    {
        for (auto const& [name, value] : names)
            if (name == text)
                return value;
        return std::nullopt;
    }
    std::string write(Enum value) const
    {
        for (auto const& [name, named] : names)
            if (named == value)
                return std::string{name};
        return {};
    }
    std::string meant() const
    {
        std::string all;
        for (auto const& [name, value] : names)
            all += (all.empty() ? "one of " : ", ") + std::string{name};
        return all;
    }
};

// One or more of these, in any order and separated by commas or white space. They are held in the order of `names`.
template <class Enum>
struct some_of
{
    one_of<Enum> names;

    std::optional<std::vector<Enum>> read(std::string_view text, std::filesystem::path const& base) const
    {
        std::vector<Enum> found;
        for (auto const word : split_list(text))
        {
            auto const one = names.read(word, base);
            if (!one || std::find(found.begin(), found.end(), *one) != found.end())
                return std::nullopt;
            found.push_back(*one);
        }
        std::sort(found.begin(), found.end());
        return found.empty() ? std::nullopt : std::optional{std::move(found)};
    }
    std::string write(std::vector<Enum> const& value) const
    {
        std::vector<std::string> texts;
        for (auto const one : value)
            texts.push_back(names.write(one));
        return join(texts, ", ");
    }
    std::string meant() const { return "some " + names.meant().substr(4); }
};

bool is_id(std::string_view s) noexcept;                 // of a section: [A-Za-z0-9_-]{1,64}
bool is_cookie_name(std::string_view s) noexcept;        // an RFC 6265 token, or empty
bool is_path_prefix(std::string_view s) noexcept;        // of a URL: /a/b, without query and without a slash at its end
bool is_organisation_name(std::string_view s) noexcept;  // 1-128 bytes without control characters

}  // namespace tokend::values

#include "file/users.hpp"

#include "common/record.hpp"

#include <array>
#include <stdexcept>
#include <utility>

namespace tokend::plugin {

std::string_view const users_file_header =
    "# Users of tokend's `file` plugin, one a line. Columns, separated by ':', the last four optional:\n"
    "#\n"
    "#   username:hash:units:default unit:groups:flags\n"
    "#\n"
    "# hash          yescrypt ($y$), bcrypt ($2b$, $2y$, $2a$) or sha512crypt ($6$), as in crypt(5); '*' or '!': "
    "nobody gets in\n"
    "# units, groups separated by ','; without units those of the option `units` are taken\n"
    "# default unit  one of the units\n"
    "# flags         separated by ',': disabled, locked, expires=YYYY-MM-DD (usable to the end of that day, UTC)\n"
    "#\n"
    "# The last line ends with a newline, too. A line \"# empty\" says that a file without users is meant to be so.\n"
    "#\n"
    "# `tokenctl user add` writes a line.\n";

namespace {

enum column : std::size_t
{
    username,
    hash,
    units_column,
    default_unit,
    groups,
    flags
};
constexpr std::array<std::string_view, 6> names{"username", "hash", "units", "default unit", "groups", "flags"};

void read_flag(record const& from, std::string_view flag, user& to)
{
    constexpr std::string_view expires = "expires=";
    if (flag == "disabled")
        to.is_disabled = true;
    else if (flag == "locked")
        to.is_locked = true;
    else if (flag.starts_with(expires))
    {
        auto const last = parse_period(flag.substr(expires.size()));
        if (!last || to.who.ends)
            from.refuse(flags, "'" + std::string{flag} + "', one date like expires=2026-12-31 was meant");
        to.who.ends = last->end;
    }
    else
        from.refuse(flags, "'" + std::string{flag} + "', disabled, locked or expires=YYYY-MM-DD was meant");
}

password_hash read_hash(record const& from)
try
{
    return password_hash{from[hash]};
}
catch (std::invalid_argument const& wrong)
{
    from.refuse(hash, wrong.what());
}

user read_user(record const& from, std::vector<std::string> const* fallback)
{
    if (from[username].empty())
        from.refuse(username, "is empty");
    from.require_size(username, from[username], max_name_bytes);
    account who{std::string{from[username]}, {}, read_membership(from, units_column, fallback), {}};
    user read{std::move(who), read_hash(from), false, false, from.line()};
    for (auto const& flag : from.items(flags))
        read_flag(from, flag, read);
    return read;
}

password_hash decoy_among(by_name<user> const& all)
{
    std::vector<password_hash> hashes;
    hashes.reserve(all.size());
    for (auto const& [name, one] : all)
        hashes.push_back(one.hash);
    return choose_decoy(hashes);
}

judgement admit(user const& known, instant now)
{
    if (known.is_locked)
        return {verdict::locked, "the user is locked"};
    if (known.is_disabled)
        return {verdict::disabled, "the user is disabled"};
    if (known.who.ends && now >= *known.who.ends)
        return {verdict::expired, "the user is expired"};
    return {verdict::accept, "", &known.who};
}

}  // namespace

users::users(by_name<user> all, bool is_meant_empty)
    : users_{std::move(all)}, is_meant_empty_{is_meant_empty}, decoy_{decoy_among(users_)}
{}

users users::parse(std::string_view text, std::string const& file, std::vector<std::string> const* fallback)
{
    by_name<user> all;
    for (auto const& line : read_records(text, file, names))
    {
        auto const [first, is_new] = all.try_emplace(std::string{line[username]}, read_user(line, fallback));
        if (!is_new)
            line.refuse(username, "'" + first->first + "' is already in line " + std::to_string(first->second.line));
    }
    return users{std::move(all), has_empty_mark(text)};
}

judgement users::check(std::string_view name, std::string_view secret, instant now) const
{
    auto const* found = find(name);
    bool const has_hash = found != nullptr && !found->hash.locked();
    bool const is_good = (has_hash ? found->hash : decoy_).matches(secret) && has_hash;
    if (found == nullptr)
        return {verdict::no_such_user, "no such user"};
    if (!has_hash)
        return {verdict::bad_secret, "the user has no hash"};
    return is_good ? admit(*found, now) : judgement{verdict::bad_secret, "wrong password"};
}

std::uint64_t users::memory_of(std::string_view name) const noexcept
{
    auto const* found = find(name);
    return (found != nullptr && !found->hash.locked() ? found->hash : decoy_).memory();
}

judgement users::recheck(std::string_view name, instant now) const
{
    auto const* found = find(name);
    if (found == nullptr)
        return {verdict::no_such_user, "no such user"};
    if (found->hash.locked())
        return {verdict::locked, "the user has no hash"};
    return admit(*found, now);
}

}  // namespace tokend::plugin

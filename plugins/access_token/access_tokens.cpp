#include "access_token/access_tokens.hpp"

#include "common/record.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <utility>

namespace tokend::plugin {

std::string_view const access_tokens_header =
    "# Access tokens of tokend's `access_token` plugin, one a line. Columns, separated by ':', those behind state "
    "optional:\n"
    "#\n"
    "#   identifier:secret:state:owner:units:default unit:groups:not before:not after:flags\n"
    "#\n"
    "# identifier    empty: the record is an authentication code\n"
    "# secret        of a code its keyed digest, $hmac-sha256$ and 64 hex digits; else the hash of the pass code, as "
    "in crypt(5):\n"
    "#               yescrypt ($y$), bcrypt ($2b$, $2y$, $2a$) or sha512crypt ($6$); '*' or '!': nobody gets in\n"
    "# state         EFFECTIVE or NOT_EFFECTIVE\n"
    "# owner         the name a token is issued for; a code must have one, else it is the identifier\n"
    "# units, groups separated by ','\n"
    "# default unit  one of the units\n"
    "# not before    YYYY-MM-DD or YYYYMMDDTHHMMSSZ, UTC: usable from its beginning\n"
    "# not after     likewise: usable to its end\n"
    "# flags         api-key: the code is a web API key\n"
    "#\n"
    "# The last line ends with a newline, too. A line \"# empty\" says that a file without records is meant to be so.\n"
    "#\n"
    "# `tokenctl access-token add` writes a line.\n";

namespace {

enum column : std::size_t
{
    identifier,
    secret,
    state,
    owner,
    units,
    default_unit,
    groups,
    not_before,
    not_after,
    flags
};
constexpr std::array<std::string_view, 10> names{"identifier",   "secret", "state",      "owner",     "units",
                                                 "default unit", "groups", "not before", "not after", "flags"};

bool read_state(record const& from)
{
    if (from[state] != "EFFECTIVE" && from[state] != "NOT_EFFECTIVE")
        from.refuse(state, "'" + std::string{from[state]} + "', EFFECTIVE or NOT_EFFECTIVE was meant");
    return from[state] == "EFFECTIVE";
}

std::optional<period> read_period(record const& from, column which)
{
    if (from[which].empty())
        return std::nullopt;
    auto const read = parse_period(from[which]);
    if (!read)
        from.refuse(which, "'" + std::string{from[which]} + "', a date like 2026-12-31 or 20261231T235959Z was meant");
    return read;
}

bool read_flags(record const& from)
{
    auto const items = from.items(flags);
    for (auto const& flag : items)
        if (flag != "api-key")
            from.refuse(flags, "'" + flag + "', api-key was meant");
    return !items.empty();
}

// The beginnings of a subject's id, by which the record of an issued token is found again.
constexpr std::string_view code_id_begin = "code:";
constexpr std::string_view identifier_id = "id:";

std::string code_id(std::string_view digest) { return std::string{code_id_begin}.append(digest_digits(digest)); }

access_token read_token(record const& from)
{
    bool const is_code = from[identifier].empty();
    if (is_code && from[owner].empty())
        from.refuse(owner, "is empty, a code must have one");
    from.require_size(identifier, from[identifier], max_name_bytes);
    from.require_size(owner, from[owner], max_name_bytes);
    std::vector<std::string> const no_units;
    access_token read;
    read.who.name = from[from[owner].empty() ? identifier : owner];
    read.who.id = is_code ? code_id(from[secret]) : std::string{identifier_id} += from[identifier];
    read.who.belongs = read_membership(from, units, &no_units);
    read.who.is_api_key = read_flags(from);
    read.is_effective = read_state(from);
    read.line = from.line();
    if (auto const first = read_period(from, not_before))
        read.begins = first->begin;
    if (auto const last = read_period(from, not_after))
        read.who.ends = last->end;
    if (read.begins && read.who.ends && *read.begins >= *read.who.ends)
        from.refuse(not_after, "ends before it begins");
    if (read.who.is_api_key && !is_code)
        from.refuse(flags, "api-key, which only a code can be");
    return read;
}

password_hash read_pass_code(record const& from)
try
{
    if (is_code_digest(from[secret]))
        from.refuse(secret, "the digest of a code, but there is an identifier");
    return password_hash{from[secret]};
}
catch (std::invalid_argument const& wrong)
{
    from.refuse(secret, wrong.what());
}

// Adds a record to `all`. Throws file_error if its key is there already.
template <class Value>
void add(by_name<Value>& all, record const& from, column key, Value value, std::size_t (*line_of)(Value const&))
{
    auto const [first, is_new] = all.try_emplace(std::string{from[key]}, std::move(value));
    if (!is_new)
        from.refuse(key, "is already in line " + std::to_string(line_of(first->second)));
}

password_hash decoy_among(by_name<identified_token> const& all)
{
    std::vector<password_hash> hashes;
    hashes.reserve(all.size());
    for (auto const& [name, one] : all)
        hashes.push_back(one.pass_code);
    return choose_decoy(hashes);
}

// REQUIRES: the secret was right.
judgement admit(access_token const& token, instant now)
{
    if (!token.is_effective)
        return {verdict::disabled, "the access token is NOT_EFFECTIVE"};
    if (token.begins && now < *token.begins)
        return {verdict::expired, "the access token is not valid yet"};
    if (token.who.ends && now >= *token.who.ends)
        return {verdict::expired, "the access token is expired"};
    return {verdict::accept, "", &token.who};
}

}  // namespace

access_tokens::access_tokens(by_name<identified_token> identified, by_name<access_token> codes, bool is_meant_empty)
    : by_identifier_{std::move(identified)},
      by_digest_{std::move(codes)},
      is_meant_empty_{is_meant_empty},
      decoy_{decoy_among(by_identifier_)}
{
    for (auto const& [name, one] : by_identifier_)
        by_owner_[one.token.who.name].push_back(&one.token);
    for (auto const& [digest, one] : by_digest_)
        by_owner_[one.who.name].push_back(&one);
}

access_tokens access_tokens::parse(std::string_view text, std::string const& file)
{
    by_name<identified_token> identified;
    by_name<access_token> codes;
    for (auto const& line : read_records(text, file, names))
    {
        bool const is_code = line[identifier].empty();
        if (is_code && !is_code_digest(line[secret]))
            line.refuse(secret,
                        "no digest of a code ($hmac-sha256$ and 64 hex digits), which a record without identifier has");
        if (is_code)
            add<access_token>(codes, line, secret, read_token(line), [](auto const& t) { return t.line; });
        else
            add<identified_token>(identified, line, identifier, {read_token(line), read_pass_code(line)},
                                  [](auto const& t) { return t.token.line; });
    }
    return {std::move(identified), std::move(codes), has_empty_mark(text)};
}

std::vector<access_token const*> access_tokens::all() const
{
    std::vector<access_token const*> found;
    for (auto const& [name, one] : by_identifier_)
        found.push_back(&one.token);
    for (auto const& [digest, one] : by_digest_)
        found.push_back(&one);
    return found;
}

judgement access_tokens::check_code(std::string_view code, code_key const& key, instant now) const
{
    auto const* found = find_code(key.digest(code));
    return found != nullptr ? admit(*found, now) : judgement{verdict::no_such_user, "no such authentication code"};
}

judgement access_tokens::check_identifier(std::string_view id, std::string_view pass_code, instant now) const
{
    auto const* found = find_identifier(id);
    bool const has_hash = found != nullptr && !found->pass_code.locked();
    bool const is_good = (has_hash ? found->pass_code : decoy_).matches(pass_code) && has_hash;
    if (found == nullptr)
        return {verdict::no_such_user, "no such identifier"};
    if (!has_hash)
        return {verdict::bad_secret, "the identifier has no pass code"};
    return is_good ? admit(found->token, now) : judgement{verdict::bad_secret, "wrong pass code"};
}

std::uint64_t access_tokens::memory_of(std::string_view id) const noexcept
{
    auto const* found = find_identifier(id);
    return (found != nullptr && !found->pass_code.locked() ? found->pass_code : decoy_).memory();
}

judgement access_tokens::recheck(std::string_view owner, std::string_view id, instant now) const
{
    if (id.empty())
        return recheck_owner(owner, now);
    access_token const* found = nullptr;
    if (id.starts_with(code_id_begin))
        found = find_code(digest_of(id.substr(code_id_begin.size())));
    else if (auto const* of = find_identifier(id.substr(std::min(identifier_id.size(), id.size()))))
    {
        if (of->pass_code.locked())
            return {verdict::locked, "the identifier has no pass code"};
        found = &of->token;
    }
    if (found == nullptr || found->who.name != owner)
        return {verdict::no_such_user, "no such access token"};
    return admit(*found, now);
}

// For a token that was issued before records had an id.
judgement access_tokens::recheck_owner(std::string_view owner, instant now) const
{
    auto const* records = plugin::find(by_owner_, owner);
    if (records == nullptr)
        return {verdict::no_such_user, "no access token of this owner"};
    if (records->size() == 1)
        return admit(*records->front(), now);
    for (auto const* one : *records)
        if (admit(*one, now).verdict == verdict::accept)
            return {verdict::unavailable,
                    "the owner has several access tokens, and it is not known which one is meant"};
    return admit(*records->front(), now);
}

}  // namespace tokend::plugin

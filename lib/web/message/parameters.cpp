#include "web/message/parameters.hpp"

#include "base/byte_class.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <limits>

namespace tokend {
namespace {

using kind = member_value::kind;

enum class content
{
    name,
    secret,
    any
};  // no control characters, no NUL, anything

constexpr byte_class name_bytes{
    [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; }};

struct rule
{
    kind type;
    std::size_t max_bytes;
    tokend::content content;
    std::int64_t max_number = 0;  // of an integer. The least is 1.
};

rule rule_of(member m) noexcept
{
    switch (m)
    {
    case member::username:
    case member::authentication_code:
    case member::identifier:
        return {kind::string, 256, content::name};
    case member::password:
    case member::pass_code:
        return {kind::string, 1024, content::secret};
    case member::organisation:
    case member::unit:
        return {kind::string, 128, content::any};
    case member::backend:
    case member::client_network:
    case member::client_address:
    case member::issued_before:
    case member::idle_since:
    case member::since:
        return {kind::string, 64, content::name};
    case member::access_token_identifier:
        return {kind::object, 0, content::any};
    case member::touch:
    case member::all_others:
    case member::all:
        return {kind::boolean, 0, content::any};
    case member::limit:
    case member::top:
        return {kind::integer, 0, content::any, most_sessions_of_a_page};
    case member::cursor:
        return {kind::string, 64, content::any};
    case member::accessor:
    case member::token:
    case member::none:
        break;
    }
    return {kind::string, std::string_view::npos, content::any};  // a token that is too long is an invalid token
}

// REQUIRES: the member is present.
bool holds(rule const& r, member_value const& v) noexcept
{
    if (v.type != r.type)
        return false;
    if (r.type == kind::integer)
        return v.number >= 1 && v.number <= r.max_number;
    if (r.type != kind::string)
        return true;
    return v.text.size() <= r.max_bytes && (r.content != content::name || !has_control_character(v.text)) &&
           (r.content != content::secret || v.text.find('\0') == v.text.npos);
}

refusal missing(member m) { return {code::missing_parameter, name_of(m), {}}; }

refusal conflict(std::string_view reason) { return {code::conflicting_credentials, {}, std::string{reason}}; }

// The first of these members that is absent, or member::none.
member first_absent(members const& body, std::initializer_list<member> wanted) noexcept
{
    auto const* const found = std::find_if(wanted.begin(), wanted.end(), [&](member m) { return !body.has(m); });
    return found == wanted.end() ? member::none : *found;
}

// The members that the credentials of this body must have. A code is its secret.
std::initializer_list<member> mandatory(members const& body, secret_use use) noexcept
{
    static constexpr std::initializer_list<member> user{member::organisation, member::username};
    static constexpr std::initializer_list<member> machine{member::organisation, member::identifier};
    static constexpr std::initializer_list<member> password{member::organisation, member::username, member::password};
    static constexpr std::initializer_list<member> code{member::organisation, member::authentication_code};
    static constexpr std::initializer_list<member> identifier{member::organisation, member::identifier,
                                                              member::pass_code};
    bool const optional = use == secret_use::optional;
    if (!body.has(member::access_token_identifier))
        return optional ? user : password;
    if (body.has(member::identifier) || body.has(member::pass_code))
        return optional ? machine : identifier;
    return code;
}

bool is_bad_key(std::string_view key) noexcept { return key.empty() || key.size() > 256 || has_control_character(key); }

}  // namespace

result<void> check_types(members const& body, std::initializer_list<member> used)
{
    for (auto const m : used)
        if (body.has(m) && !holds(rule_of(m), body[m]))
            return refusal{code::invalid_parameter, name_of(m), {}};
    return {};
}

query_members::query_members(std::string_view query)
{
    std::string name;
    std::string value;
    while (next_parameter(query, name, value))
    {
        auto const m = member_named(name);
        if (m == member::none || all_.has(m))
            all_.note_unknown(texts_.emplace_back(name.empty() ? "query" : name));
        else if (auto const number = parse_number(value); number && rule_of(m).type == kind::integer)
            all_.set(m, {.type = kind::integer,
                         .number = static_cast<std::int64_t>(
                             std::min<std::uint64_t>(*number, std::numeric_limits<std::int64_t>::max()))});
        else if (rule_of(m).type == kind::boolean && (value == "true" || value == "false"))
            all_.set(m, {.type = kind::boolean, .truth = value == "true"});
        else if (!value.empty())
            all_.set(m, {.type = kind::string, .text = texts_.emplace_back(value)});
    }
}

result<void> check_members(members const& body, std::initializer_list<member> used)
{
    auto const is_short_name = [](std::string_view name) { return name.size() <= 64 && name_bytes.has_all(name); };
    if (auto const name = body.unknown(); !name.empty())
        return refusal{code::invalid_parameter, is_short_name(name) ? name : "", "an unknown member"};
    for (std::size_t i = 0; i < member_count; ++i)
        if (auto const m = static_cast<member>(i); body.has(m) && std::ranges::find(used, m) == used.end())
            return refusal{code::invalid_parameter, name_of(m), "a member of another method"};
    return check_types(body, used);
}

result<credentials> read_credentials(members const& body, secret_use use)
{
    auto const types = check_types(body, {member::username, member::password, member::access_token_identifier,
                                          member::authentication_code, member::identifier, member::pass_code,
                                          member::organisation, member::unit});
    if (!types)
        return types.error();
    if (body.has(member::access_token_identifier) && (body.has(member::username) || body.has(member::password)))
        return conflict("a password beside an access token identifier");
    if (body.has(member::authentication_code) && (body.has(member::identifier) || body.has(member::pass_code)))
        return conflict("an authentication code beside an identifier");
    if (auto const m = first_absent(body, mandatory(body, use)); m != member::none)
        return missing(m);

    credentials c;
    if (body.has(member::username))
    {
        c.presented = credentials::kind::password;
        c.name = body[member::username].text;
        c.proof = secret{body[member::password].text};
    }
    else if (body.has(member::authentication_code))
    {
        c.presented = credentials::kind::code;
        c.proof = secret{body[member::authentication_code].text};
    }
    else
    {
        c.presented = credentials::kind::identifier;
        c.name = body[member::identifier].text;
        c.proof = secret{body[member::pass_code].text};
    }
    c.organisation = body[member::organisation].text;
    c.unit = body[member::unit].text;
    return c;
}

std::optional<std::string_view> authorization(std::string_view value, std::string_view scheme) noexcept
{
    auto const blank = std::min(value.find_first_of(" \t"), value.size());
    if (!equal_folded(value.substr(0, blank), scheme))
        return std::nullopt;
    return trim(value.substr(blank));
}

result<std::string_view> read_token(members const& body, request_view const& request)
{
    std::string_view token = body[member::token].text;
    for (auto const& f : request.fields)
    {
        auto const bearer = f.name == header::authorization ? authorization(f.value, "bearer") : std::nullopt;
        if (!bearer || bearer->empty())
            continue;
        if (!token.empty() && !equal_folded(token, *bearer))
            return conflict("two tokens that differ");
        token = *bearer;
    }
    if (token.empty())
        return missing(member::token);
    return token;
}

result<credentials> read_api_key(members const& body, request_view const& request)
{
    auto const types = check_types(body, {member::organisation, member::unit});
    if (!types)
        return types.error();
    auto const invalid = [](char const* why) { return refusal{code::invalid_credentials, {}, why}; };
    auto const encoded = authorization(request.field(header::authorization), "basic");
    if (!encoded || request.count(header::authorization) != 1)
        return invalid("no HTTP Basic credentials");
    auto decoded = parse_base64(*encoded);
    if (!decoded)
        return invalid("HTTP Basic credentials that are not base64");
    auto const colon = decoded->find(':');
    bool const is_key = colon == decoded->size() - 1 && !is_bad_key(std::string_view{*decoded}.substr(0, colon));
    credentials c;
    c.presented = credentials::kind::code;
    if (is_key)
        c.proof = secret{std::string_view{*decoded}.substr(0, colon)};
    wipe(*decoded);
    if (!is_key)
        return invalid("HTTP Basic credentials that are not a key with an empty password");
    c.organisation = body[member::organisation].text;
    c.unit = body[member::unit].text;
    return c;
}

}  // namespace tokend

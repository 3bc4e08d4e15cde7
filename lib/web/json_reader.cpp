#include "web/json_reader.hpp"

#include <algorithm>

namespace tokend {
namespace {

constexpr std::array<std::string_view, member_count> names{
    "token",
    "username",
    "password",
    "access_token_identifier",
    "access_token_identifier.authentication_code",
    "access_token_identifier.identifier",
    "access_token_identifier.pass_code",
    "organisation",
    "unit",
    "touch",
    "accessor",
    "all_others",
};
constexpr std::array in_identifier{member::authentication_code, member::identifier, member::pass_code};

bool is_inner(member m) noexcept { return std::ranges::find(in_identifier, m) != in_identifier.end(); }

}  // namespace

std::string_view name_of(member m) noexcept
{
    return m == member::none ? std::string_view{} : names[static_cast<std::size_t>(m)];
}

json_reader::json_reader(json_limits const& limits, std::size_t max_body_bytes)
    : limits_{limits}, text_{2 * max_body_bytes}
{
    keys_.reserve(limits.total_members);
}

result<void> json_reader::read(std::string_view body)
{
    forget();
    if (take_body(body))
        return {};
    forget();
    return refusal{code::malformed_request, {}, "malformed JSON"};
}

void json_reader::forget() noexcept
{
    text_.wipe();
    keys_.clear();
    members_ = 0;
    present_ = 0;
}

// False: it is one of its object's already, or one too many.
inline bool json_reader::add_key(std::string_view key, std::size_t first_key)
{
    auto const first = keys_.begin() + static_cast<std::ptrdiff_t>(first_key);
    if (++members_ > limits_.total_members || keys_.size() - first_key >= limits_.members ||
        std::find(first, keys_.end(), key) != keys_.end())
        return false;
    keys_.push_back(key);
    return true;
}

inline void json_reader::found(member m, kind type, std::string_view text, bool truth)
{
    if (m == member::none)
        return;
    auto const before = text_.size();
    text_.append(text);
    values_[static_cast<std::size_t>(m)] = {type, text_.view().substr(before), truth};
    present_ |= bit(m);
}

inline member json_reader::member_of(place where, std::string_view key) noexcept
{
    if (where == place::body)
    {
        auto const m = static_cast<member>(std::ranges::find(names, key) - names.begin());
        return is_inner(m) ? member::none : m;
    }
    if (where == place::identifier)
        for (auto const m : in_identifier)
            if (name_of(m).substr(name_of(member::access_token_identifier).size() + 1) == key)
                return m;
    return member::none;
}

inline bool json_reader::take_body(std::string_view body)
{
    in_ = {body, text_};
    in_.skip_blanks();
    if (!take_object(place::body, 0))
        return false;
    in_.skip_blanks();
    return in_.at_end();
}

bool json_reader::take_object(place where, std::size_t level)
{
    if (level == limits_.depth || !in_.take('{'))
        return false;
    in_.skip_blanks();
    if (in_.take('}'))
        return true;
    auto const first_key = keys_.size();
    do
    {
        if (!take_member(where, level + 1, first_key))
            return false;
    } while (in_.take(','));
    keys_.resize(first_key);
    return in_.take('}');
}

bool json_reader::take_array(std::size_t level)
{
    if (level == limits_.depth || !in_.take('['))
        return false;
    in_.skip_blanks();
    if (in_.take(']'))
        return true;
    do
    {
        if (!take_value(member::none, level + 1))
            return false;
    } while (in_.take(','));
    return in_.take(']');
}

// And the blanks around it.
bool json_reader::take_member(place where, std::size_t level, std::size_t first_key)
{
    in_.skip_blanks();
    std::string_view key;
    if (!in_.take_string(key) || !add_key(key, first_key))
        return false;
    in_.skip_blanks();
    return in_.take(':') && take_value(member_of(where, key), level);
}

// And the blanks around it.
bool json_reader::take_value(member m, std::size_t level)
{
    in_.skip_blanks();
    bool const taken = take_bare_value(m, level);
    in_.skip_blanks();
    return taken;
}

bool json_reader::take_bare_value(member m, std::size_t level)
{
    switch (in_.front())
    {
    case '"': {
        std::string_view text;
        if (!in_.take_string(text))
            return false;
        if (!text.empty())
            found(m, kind::string, text);
        return true;
    }
    case '{': {
        bool const known = m == member::access_token_identifier;
        found(m, known ? kind::object : kind::other);
        return take_object(known ? place::identifier : place::elsewhere, level);
    }
    case '[':
        found(m, kind::other);
        return take_array(level);
    case 't':
        found(m, kind::boolean, {}, true);
        return in_.take("true");
    case 'f':
        found(m, kind::boolean);
        return in_.take("false");
    case 'n':
        return in_.take("null");
    default:
        found(m, kind::other);
        return in_.take_number();
    }
}

}  // namespace tokend

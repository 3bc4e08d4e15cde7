#include "http/request.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <charconv>

namespace tokend {
namespace {

bool starts_with_folded(std::string_view s, std::string_view prefix) noexcept
{
    return s.size() >= prefix.size() && equal_folded(s.substr(0, prefix.size()), prefix);
}

void decode(std::string_view s, char plus, std::string& decoded)
{
    decoded.clear();
    for (std::size_t i = 0; i < s.size(); ++i)
    {
        unsigned char byte = 0;
        if (s[i] == '%' && i + 2 < s.size() &&
            std::from_chars(s.data() + i + 1, s.data() + i + 3, byte, 16).ptr == s.data() + i + 3)
        {
            decoded += static_cast<char>(byte);
            i += 2;
        }
        else
            decoded += s[i] == '+' ? plus : s[i];
    }
}

// The length of scheme and authority before the path of an absolute-form.
std::size_t origin_size(std::string_view target) noexcept
{
    for (std::string_view const scheme : {"http://", "https://"})
        if (starts_with_folded(target, scheme))
            return std::min(target.find_first_of("/?", scheme.size()), target.size());
    return 0;
}

}  // namespace

void split_target(std::string_view target, std::string_view& path, std::string_view& query) noexcept
{
    if (!target.starts_with('/'))
        target.remove_prefix(origin_size(target));
    auto const mark = std::min(target.find('?'), target.size());
    path = target.substr(0, mark);
    query = target.substr(std::min(mark + 1, target.size()));
}

std::string decode_segment(std::string_view segment)
{
    std::string decoded;
    decode(segment, '+', decoded);
    return decoded;
}

bool next_parameter(std::string_view& rest, std::string& name, std::string& value)
{
    if (rest.empty())
        return false;
    auto const pair = rest.substr(0, rest.find('&'));
    rest.remove_prefix(std::min(pair.size() + 1, rest.size()));
    auto const equals = std::min(pair.find('='), pair.size());
    decode(pair.substr(0, equals), ' ', name);
    decode(pair.substr(std::min(equals + 1, pair.size())), ' ', value);
    return true;
}

}  // namespace tokend

#include "web/header_fields.hpp"

#include <algorithm>

namespace tokend {
namespace {

struct spelling
{
    std::string_view name;
    header known;
};
constexpr std::array<spelling, 13> spellings{{{"host", header::host},
                                              {"content-length", header::content_length},
                                              {"content-type", header::content_type},
                                              {"authorization", header::authorization},
                                              {"connection", header::connection},
                                              {"x-request-id", header::x_request_id},
                                              {"cookie", header::cookie},
                                              {"expect", header::expect},
                                              {"x-auth-token", header::x_auth_token},
                                              {"x-original-uri", header::x_original_uri},
                                              {"x-forwarded-uri", header::x_forwarded_uri},
                                              {"content-encoding", header::content_encoding},
                                              {"transfer-encoding", header::transfer_encoding}}};

// Bit 0x20 makes a letter of itself and of its capital alone, and '-' of itself and of CR, which is in no token.
bool is_spelt(std::string_view token, std::string_view lower) noexcept
{
    return token.size() == lower.size() &&
           std::equal(token.begin(), token.end(), lower.begin(), [](char t, char l) { return (t | 0x20) == l; });
}

}  // namespace

header header_named(std::string_view name) noexcept
{
    for (auto const& s : spellings)
        if (is_spelt(name, s.name))
            return s.known;
    return header::other;
}

std::string_view header_fields::first(header name) const noexcept
{
    if (count(name) == 0)
        return {};
    return std::find_if(lines_.begin(), lines_.end(), [&](field_line const& l) { return l.name == name; })->value;
}

}  // namespace tokend

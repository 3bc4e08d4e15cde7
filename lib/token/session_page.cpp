#include "token/session_page.hpp"

#include "base/text.hpp"
#include "token/lifetime.hpp"
#include "token/sessions.hpp"

#include <algorithm>
#include <tuple>

namespace tokend {
namespace {

bool is_older(listed_session const& a, listed_session const& b) noexcept { return a.place < b.place; }

}  // namespace

bool operator<(session_place const& a, session_place const& b) noexcept
{
    return std::tie(a.issued_at, a.key.a, a.key.b) < std::tie(b.issued_at, b.key.a, b.key.b);
}

std::string write_cursor(session_place const& place)
{
    return std::to_string(place.issued_at.time_since_epoch().count()) + '.' +
           std::string{write_accessor(place.key).view()};
}

std::optional<session_place> parse_cursor(std::string_view text) noexcept
{
    constexpr std::size_t most_digits = 10;  // the table keeps times in 32 bits
    auto const dot = text.find('.');
    if (dot == text.npos || dot > most_digits || (dot > 1 && text.front() == '0'))
        return std::nullopt;
    auto const second = parse_number(text.substr(0, dot));
    auto const key = parse_accessor(text.substr(dot + 1));
    if (!second || !key)
        return std::nullopt;
    return session_place{std::chrono::sys_seconds{std::chrono::seconds{*second}}, *key};
}

session_page::session_page(table& kept, session_choice const& which, std::optional<session_place> behind,
                           std::size_t limit, timestamp now)
    : behind_{behind}, limit_{limit}, now_{whole_seconds(now)}, tokens_{walk_tokens(kept, which, now_)}
{
    oldest_.reserve(std::min<std::size_t>(limit, 16));
}

bool session_page::look(std::size_t tokens)
{
    for (; tokens > 0; --tokens)
    {
        if (!tokens_.next(now_, found_))
        {
            std::ranges::sort_heap(oldest_, is_older);
            return false;
        }
        take(found_);
    }
    return true;
}

void session_page::take(found_token const& found)
{
    listed_session one{.place = {found.issued_at, found.key}, .expires_at = {}, .unit = {}, .client_address = {}};
    if (behind_ && !(*behind_ < one.place))
        return;
    bool const full = oldest_.size() == limit_;
    if (full && oldest_.front().place < one.place)
    {
        more_ = true;
        return;
    }
    auto const is_it = [&](listed_session const& l) { return l.place.key == one.place.key; };
    if (std::ranges::any_of(oldest_, is_it))
        return;  // met again with another principal
    more_ = more_ || full;
    auto const who = decode(found.principal());
    if (!who)
        return;
    one.expires_at = capped(found.expires_at, who->not_after);
    one.unit = who->unit;
    one.client_address = tokens_.address();
    if (full)
    {
        std::ranges::pop_heap(oldest_, is_older);
        oldest_.pop_back();
    }
    oldest_.push_back(std::move(one));
    std::ranges::push_heap(oldest_, is_older);
}

std::optional<session_place> session_page::end() const
{
    return more_ && !oldest_.empty() ? std::optional{oldest_.back().place} : std::nullopt;
}

}  // namespace tokend

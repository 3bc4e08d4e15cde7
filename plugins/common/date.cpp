#include "common/date.hpp"

#include <algorithm>
#include <charconv>

namespace tokend::plugin {
namespace {

// Returns true if `text` matches `shape`, in which a 0 matches any digit.
bool has_shape(std::string_view text, std::string_view shape) noexcept
{
    return std::equal(text.begin(), text.end(), shape.begin(), shape.end(),
                      [](char t, char s) { return s == '0' ? t >= '0' && t <= '9' : t == s; });
}

// REQUIRES: `text` has `size` digits at `at`.
unsigned number(std::string_view text, std::size_t at, std::size_t size) noexcept
{
    unsigned value = 0;
    std::from_chars(text.data() + at, text.data() + at + size, value);
    return value;
}

std::optional<std::chrono::sys_days> day(unsigned year, unsigned month, unsigned day_of_month) noexcept
{
    std::chrono::year_month_day const date{std::chrono::year{static_cast<int>(year)}, std::chrono::month{month},
                                           std::chrono::day{day_of_month}};
    if (!date.ok() || year < 2000)
        return std::nullopt;
    return std::chrono::sys_days{date};
}

}  // namespace

std::optional<period> parse_period(std::string_view text) noexcept
{
    if (has_shape(text, "0000-00-00"))
    {
        auto const date = day(number(text, 0, 4), number(text, 5, 2), number(text, 8, 2));
        return date ? std::optional{period{*date, *date + std::chrono::days{1}}} : std::nullopt;
    }
    if (!has_shape(text, "00000000T000000Z"))
        return std::nullopt;
    auto const date = day(number(text, 0, 4), number(text, 4, 2), number(text, 6, 2));
    auto const hour = number(text, 9, 2), minute = number(text, 11, 2), second = number(text, 13, 2);
    if (!date || hour > 23 || minute > 59 || second > 59)
        return std::nullopt;
    auto const begin = *date + std::chrono::hours{hour} + std::chrono::minutes{minute} + std::chrono::seconds{second};
    return period{begin, begin + std::chrono::seconds{1}};
}

}  // namespace tokend::plugin

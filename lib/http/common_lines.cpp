#include "http/common_lines.hpp"

#include <algorithm>
#include <cstdio>

namespace tokend {

common_lines::common_lines(std::chrono::sys_seconds second)
{
    constexpr std::array<char const*, 7> days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    constexpr std::array<char const*, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                 "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    auto const day = std::chrono::floor<std::chrono::days>(second);
    std::chrono::year_month_day const date{day};
    std::chrono::hh_mm_ss const time{second - day};
    std::array<char, 64> text{};  // RFC 9110 section 5.6.7, IMF-fixdate
    std::snprintf(text.data(), text.size(), "%s, %02u %s %04d %02d:%02d:%02d GMT",
                  days[std::chrono::weekday{day}.c_encoding()], static_cast<unsigned>(date.day()),
                  months[static_cast<unsigned>(date.month()) - 1], static_cast<int>(date.year()),
                  static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
                  static_cast<int>(time.seconds().count()));
    auto* const date_at = std::copy(before_date.begin(), before_date.end(), bytes_.data());
    std::copy_n(text.begin(), date_size, date_at);
    std::copy(behind_date.begin(), behind_date.end(), date_at + date_size);
}

}  // namespace tokend

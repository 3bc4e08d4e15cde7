#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <string_view>

namespace tokend {

// The header lines that all responses of one second have in common, followed by the name of X-Request-Id, whose value
// follows.
class common_lines
{
public:
    explicit common_lines(std::chrono::sys_seconds second);

    auto const& bytes() const noexcept { return bytes_; }

private:
    static constexpr std::string_view before_date = "Date: ";
    static constexpr std::string_view behind_date =
        "\r\nCache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\nX-Request-Id: ";
    static constexpr std::size_t date_size = 29;

    std::array<char, before_date.size() + date_size + behind_date.size()> bytes_;
};

}  // namespace tokend

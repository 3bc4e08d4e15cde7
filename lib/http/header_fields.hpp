#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace tokend {

// The header fields that tokend reads.
enum class header
{
    accept,
    authorization,
    connection,
    content_encoding,
    content_length,
    content_type,
    cookie,
    expect,
    forwarded,
    host,
    origin,
    transfer_encoding,
    x_auth_token,
    x_forwarded_for,
    x_forwarded_uri,
    x_original_uri,
    x_request_id,
    other
};

// Ignores case. Returns `other` for every other name, and for what is not a token (RFC 9110 section 5.6.2).
// REQUIRES: no control characters.
[[nodiscard]] header header_named(std::string_view name) noexcept;

struct field_line
{
    header name = header::other;
    std::string_view value{};  // without the white space around it
};

// The fields of one message, in their order, as views. clear() keeps the memory for the next message.
class header_fields
{
public:
    explicit header_fields(std::size_t most) { lines_.reserve(most); }

    void clear() noexcept
    {
        lines_.clear();
        times_ = {};
    }
    void add(field_line line)
    {
        auto& times = times_[index(line.name)];
        if (times == 0)
            first_[index(line.name)] = static_cast<std::uint16_t>(lines_.size());
        ++times;
        lines_.push_back(line);
    }

    std::string_view first(header name) const noexcept  // empty if there is no such field
    {
        return count(name) == 0 ? std::string_view{} : lines_[first_[index(name)]].value;
    }
    std::size_t count(header name) const noexcept { return times_[index(name)]; }
    std::size_t size() const noexcept { return lines_.size(); }
    auto begin() const noexcept { return lines_.begin(); }
    auto end() const noexcept { return lines_.end(); }

private:
    static constexpr std::size_t index(header name) noexcept { return static_cast<std::size_t>(name); }
    using numbers = std::array<std::uint16_t, static_cast<std::size_t>(header::other) + 1>;

    std::vector<field_line> lines_;
    numbers times_{};  // how often each name occurs
    numbers first_{};  // the index of its first line, if it occurs
};

}  // namespace tokend

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace tokend {

// The header fields that somebody here reads.
enum class header
{
    authorization,
    connection,
    content_encoding,
    content_length,
    content_type,
    cookie,
    expect,
    host,
    transfer_encoding,
    x_auth_token,
    x_forwarded_uri,
    x_original_uri,
    x_request_id,
    other
};

// In any case. REQUIRES: a token (RFC 9110 section 5.6.2).
header header_named(std::string_view name) noexcept;

struct field_line
{
    header name;
    std::string_view value;  // without the white space around it
};

// The fields of one message, in their order; views. Their room is kept from message to message.
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
        lines_.push_back(line);
        ++times_[static_cast<std::size_t>(line.name)];
    }

    std::string_view first(header name) const noexcept;  // empty: there is none
    std::size_t count(header name) const noexcept { return times_[static_cast<std::size_t>(name)]; }
    std::size_t size() const noexcept { return lines_.size(); }
    auto begin() const noexcept { return lines_.begin(); }
    auto end() const noexcept { return lines_.end(); }

private:
    std::vector<field_line> lines_;
    std::array<std::uint16_t, static_cast<std::size_t>(header::other) + 1> times_{};
};

}  // namespace tokend

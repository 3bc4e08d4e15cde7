#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <iterator>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tokend {

// Who a token belongs to. The client's address is not part of the encoded form.
struct principal
{
    std::string organisation;        // in the configured spelling
    std::string backend;             // section id of the backend that accepted the user
    std::string username;            // as the backend spells it
    std::string subject_id;          // the backend's stable id; may be empty
    std::string unit;                // the unit that the token is for; may be empty
    std::vector<std::string> units;  // all units that the principal may switch to
    std::vector<std::string> groups;
    std::int64_t not_after = 0;    // when the credential itself ends, Unix seconds; 0: never
    std::string client_address{};  // where the token was asked for; empty: unknown

    bool operator==(principal const&) const = default;
};

// A view of a list of strings inside an encoded principal.
class string_list
{
public:
    class iterator
    {
    public:
        using value_type = std::string_view;
        using difference_type = std::ptrdiff_t;
        iterator() = default;
        explicit iterator(char const* at) : at_{at} {}
        std::string_view operator*() const noexcept;
        iterator& operator++() noexcept;
        iterator operator++(int) noexcept;
        bool operator==(iterator const&) const = default;

    private:
        char const* at_ = nullptr;
    };

    string_list() = default;
    explicit string_list(std::span<char const> items) : items_{items} {}
    iterator begin() const noexcept { return iterator{items_.data()}; }
    iterator end() const noexcept { return iterator{items_.data() + items_.size()}; }
    bool empty() const noexcept { return items_.empty(); }
    bool contains(std::string_view wanted) const noexcept;

private:
    std::span<char const> items_;  // length (2 bytes), bytes, length, ...
};

// A principal that is read in place: the views point into its encoded bytes.
struct principal_view
{
    std::string_view organisation;
    std::string_view backend;
    std::string_view username;
    std::string_view subject_id;
    std::string_view unit;
    string_list units;
    string_list groups;
    std::int64_t not_after = 0;
};

inline constexpr std::size_t max_principal_bytes = 8192;

// The bytes that the table reserves for principals by default, for so many tokens, and the limits of that setting.
inline constexpr std::size_t least_principal_room = 2 * max_principal_bytes;
inline constexpr std::size_t most_principal_room = std::size_t{1} << 38;
constexpr std::size_t principal_room_for(std::size_t tokens) noexcept
{
    return std::max<std::size_t>(512 * tokens, std::size_t{1} << 20);
}

// The form without pointers that the token table interns: equal principals have equal bytes. Returns nothing if it
// would take more than max_principal_bytes.
[[nodiscard]] std::optional<std::string> encode(principal const& p);

// Returns a view into `bytes`, or nothing if they are not of the form that encode() returns.
[[nodiscard]] std::optional<principal_view> decode(std::span<char const> bytes) noexcept;

// A principal from a tokens file of version 0.1.0, whose encoded form held the client's address too.
struct principal_v1
{
    std::string encoded;              // the principal, as encode() returns it now
    std::string_view client_address;  // points into the bytes that were read
};

// Returns nothing if the bytes are not of that form.
[[nodiscard]] std::optional<principal_v1> decode_v1(std::span<char const> bytes);

}  // namespace tokend

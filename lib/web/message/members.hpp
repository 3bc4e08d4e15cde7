#pragma once

#include <array>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace tokend {

// The members that request bodies may have, in the order in which the HTTP contract checks them.
enum class member
{
    token,
    username,
    password,
    access_token_identifier,
    authentication_code,  // in access_token_identifier
    identifier,           // in access_token_identifier
    pass_code,            // in access_token_identifier
    organisation,
    unit,
    touch,
    accessor,
    all_others,
    limit,
    cursor,
    backend,
    client_network,
    client_address,
    issued_before,
    idle_since,
    all,
    top,
    since,
    none
};
inline constexpr std::size_t member_count = static_cast<std::size_t>(member::none);

// The member's dotted name, as in status.description. Empty for member::none.
std::string_view name_of(member m) noexcept;

// The member with that dotted name, or member::none.
member member_named(std::string_view name) noexcept;

// The value that a body holds for one member.
struct member_value
{
    enum class kind
    {
        absent,
        string,
        boolean,
        integer,  // of 64 bits, written without fraction and exponent
        object,
        other
    };

    kind type = kind::absent;
    std::string_view text{};  // of a string, decoded
    bool truth = false;       // of a boolean
    std::int64_t number = 0;  // of an integer

    bool is_absent() const noexcept { return type == kind::absent; }
};

// The members of one request body, whatever syntax the body has. Texts are views into the buffer of the reader that
// filled this object.
class members
{
public:
    member_value const& operator[](member m) const noexcept
    {
        static constexpr member_value absent;
        return has(m) ? values_[index(m)] : absent;
    }
    bool has(member m) const noexcept { return (present_ & bit(m)) != 0; }

    // Sets the member's value. REQUIRES: `m` is not member::none.
    void set(member m, member_value const& value) noexcept
    {
        assert(m != member::none);
        values_[index(m)] = value;
        present_ |= bit(m);
    }
    void clear() noexcept
    {
        present_ = 0;
        unknown_ = {};
    }

    // The first member of the outermost object that has none of these names; empty if all have. Most methods ignore it.
    std::string_view unknown() const noexcept { return unknown_; }
    void note_unknown(std::string_view name) noexcept
    {
        if (unknown_.empty())
            unknown_ = name;
    }

private:
    static constexpr std::size_t index(member m) noexcept { return static_cast<std::size_t>(m); }
    static constexpr std::uint32_t bit(member m) noexcept { return std::uint32_t{1} << index(m); }

    std::array<member_value, member_count> values_{};
    std::string_view unknown_{};
    std::uint32_t present_ = 0;  // a bit for each member that has a value in this body
};

}  // namespace tokend

#pragma once

#include "base/refusal.hpp"
#include "web/options.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace tokend {

// The members that requests may have, in the order in which the HTTP contract checks them.
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
    none
};
inline constexpr std::size_t member_count = static_cast<std::size_t>(member::none);

std::string_view name_of(member m) noexcept;  // dotted, as in status.description

// What stood in a body for one member.
struct json_value
{
    enum class kind
    {
        absent,
        string,
        boolean,
        integer,  // written without fraction and exponent, of 64 bits
        object,
        other
    };  // null and "" are absent

    kind type = kind::absent;
    std::string_view text{};  // of a string, unescaped
    bool truth = false;       // of a boolean
    std::int64_t number = 0;  // of an integer

    bool is_absent() const noexcept { return type == kind::absent; }
};

// Reads native request bodies: strict JSON, straight into the few members that we know; no tree is built and, from the first body
// on, nothing is allocated. One thread's own. Holds secrets until forget() or destruction.
class json_reader
{
public:
    // REQUIRES: bodies are no longer than `max_body_bytes`.
    explicit json_reader(std::size_t max_body_bytes);
    ~json_reader();

    // MALFORMED_REQUEST unless `body` is one JSON object within the limits. The values are valid until the next read() or forget().
    result<void> read(std::string_view body, json_limits const& limits);
    void read_nothing();  // as for `{}`

    json_value const& operator[](member m) const noexcept;
    void forget() noexcept;  // wipes what was read

private:
    class events;
    struct parser;
    std::unique_ptr<parser> parser_;
};

}  // namespace tokend

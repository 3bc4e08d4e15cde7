#pragma once

#include "base/refusal.hpp"
#include "web/json_scanner.hpp"
#include "web/options.hpp"
#include "web/text_buffer.hpp"

#include <array>
#include <cstddef>
#include <string_view>
#include <vector>

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
        object,
        other
    };  // null and "" are absent

    kind type = kind::absent;
    std::string_view text{};  // of a string, unescaped
    bool truth = false;       // of a boolean

    bool is_absent() const noexcept { return type == kind::absent; }
};

// Reads native request bodies: strict JSON, straight into the few members that we know; no tree is built and nothing is allocated.
// One thread's own. Holds secrets until forget() or destruction.
class json_reader
{
public:
    // REQUIRES: bodies are no longer than `max_body_bytes`.
    json_reader(json_limits const& limits, std::size_t max_body_bytes);

    // MALFORMED_REQUEST unless `body` is one JSON object within the limits. The values are valid until the next read() or forget().
    result<void> read(std::string_view body);
    void read_nothing() noexcept { forget(); }  // as for `{}`

    json_value const& operator[](member m) const noexcept
    {
        static constexpr json_value absent;
        return (present_ & bit(m)) != 0 ? values_[static_cast<std::size_t>(m)] : absent;
    }
    void forget() noexcept;  // wipes what was read

private:
    using kind = json_value::kind;
    enum class place  // of an object
    {
        body,
        identifier,
        elsewhere
    };

    static constexpr unsigned bit(member m) noexcept { return 1U << static_cast<unsigned>(m); }
    static member member_of(place where, std::string_view key) noexcept;

    // By recursive descent, as deep as the limits allow. False: the body is malformed. `level`: of what it stands in.
    bool take_body(std::string_view body);
    bool take_object(place where, std::size_t level);
    bool take_array(std::size_t level);
    bool take_member(place where, std::size_t level, std::size_t first_key);
    bool take_value(member m, std::size_t level);
    bool take_bare_value(member m, std::size_t level);

    bool add_key(std::string_view key, std::size_t first_key);
    void found(member m, kind type, std::string_view text = {}, bool truth = false);

    json_limits const limits_;
    text_buffer text_;  // unescaped strings and the values: at most twice the body, so it stays in its place
    json_scanner in_{{}, text_};
    std::vector<std::string_view> keys_;  // of the objects that are open
    std::size_t members_ = 0;
    std::array<json_value, member_count> values_{};
    unsigned present_ = 0;  // which of them are of this body, by bit()
};

}  // namespace tokend

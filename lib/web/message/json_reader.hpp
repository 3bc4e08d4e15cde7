#pragma once

#include "base/refusal.hpp"
#include "web/message/members.hpp"
#include "web/options.hpp"

#include <cstddef>
#include <memory>
#include <string_view>

namespace tokend {

// Reads native request bodies: strict JSON (RFC 8259), straight into the few members that tokend knows. It builds no
// tree and, from the first body on, allocates nothing. Holds secrets until forget() or destruction. Not thread-safe.
class json_reader
{
public:
    // REQUIRES: no body is longer than `max_body_bytes`.
    explicit json_reader(std::size_t max_body_bytes);
    ~json_reader();

    // Fills `body` from `text`. Null and "" are absent. MALFORMED_REQUEST unless `text` is one JSON object within the
    // limits, and then `body` is empty. The values are valid until the next read() or forget().
    [[nodiscard]] result<void> read(std::string_view text, json_limits const& limits, members& body);
    void forget() noexcept;  // wipes the texts

private:
    class events;
    struct parser;
    std::unique_ptr<parser> parser_;
};

}  // namespace tokend

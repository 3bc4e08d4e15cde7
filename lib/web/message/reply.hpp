#pragma once

#include "base/refusal.hpp"
#include "base/text_buffer.hpp"
#include "http/common_lines.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace tokend {

// The challenge of a 401 (WWW-Authenticate).
enum class realm
{
    bearer,
    bearer_invalid_token,
    basic
};

// How refusals are written.
enum class dialect
{
    envelope,  // the JSON envelope of the HTTP contract
    bare       // status and header fields, no body
};

// What the connection does after a response, as the response says so.
enum class after_answer
{
    keep_alive_1_1,
    keep_alive_1_0,
    close
};

// What a method says when it returns.
enum class answered
{
    now,           // the response is complete
    when_durable,  // complete, but the client may have it only once the change is in the tokens file
    later          // nothing is written: route::ask has to wait for something before it can answer
};

// What any response to one request has in common.
struct reply_frame
{
    common_lines const* common = nullptr;
    std::string_view request_id;
    after_answer after = after_answer::close;
    bool head = false;        // the response to HEAD, which has no body
    bool always_200 = false;  // a legacy path that is configured so
    tokend::dialect dialect = tokend::dialect::envelope;
};

// What was answered, for the log and the audit log.
struct reply_outcome
{
    tokend::code code = tokend::code::ok;
    std::string reason{};
};

// Appends one response to a connection's output. Exactly one of ok, refuse, unreadable, json, bare is called for each
// request. They return answered::now, so that a method can return what they return.
class reply
{
public:
    // `headers` is room for the header fields of this response. REQUIRES: all outlive this object.
    reply(text_buffer& out, text_buffer& headers, reply_frame const& frame, reply_outcome& outcome);

    // Adds a header field. Comes before the call that writes the response. REQUIRES: no CR or LF.
    reply& header(std::string_view name, std::string_view value);
    reply& header(std::string_view name, std::int64_t value);

    // For the log: what a response that is no refusal has done besides. Comes before the call that writes the response.
    void note(std::string reason) { outcome_.reason = std::move(reason); }

    // The envelope around `data`, a JSON object.
    answered ok(std::string_view data);
    // The refusal in the dialect of the frame, with the header fields that its status wants.
    answered refuse(refusal const& why, realm asks = realm::bearer);
    // The envelope for a request that could not be read; always with its own status.
    answered unreadable(unsigned status, tokend::code c, std::string_view reason);
    // Plain JSON, no envelope.
    answered json(unsigned status, std::string_view body);
    // A body of another type.
    answered plain(unsigned status, std::string_view media_type, std::string_view body);
    // No body. Code and reason are for the log alone.
    answered bare(unsigned status, tokend::code c = tokend::code::ok, std::string_view reason = {});

private:
    answered write_refusal(unsigned status, std::string_view message, std::string_view member);
    answered write(unsigned status, std::string_view type, std::string_view body);
    void append_headers(std::size_t body_size);

    text_buffer& out_;
    text_buffer& headers_;
    reply_frame const& frame_;
    reply_outcome& outcome_;
};

// The value of WWW-Authenticate.
std::string_view challenge(realm asks) noexcept;

// Appends a JSON string with its quotes. REQUIRES: `s` is UTF-8.
void append_json_string(text_buffer& out, std::string_view s);

}  // namespace tokend

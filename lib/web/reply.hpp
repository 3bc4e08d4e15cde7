#pragma once

#include "base/refusal.hpp"
#include "http/common_lines.hpp"
#include "base/text_buffer.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace tokend {

enum class realm
{
    bearer,
    bearer_invalid_token,
    basic
};  // what a 401 asks for (WWW-Authenticate)

// What the connection does after an answer, as the answer says so.
enum class after_answer
{
    keep_alive_1_1,
    keep_alive_1_0,
    close
};

// What every answer of one request has in common.
struct reply_frame
{
    common_lines const* common = nullptr;
    std::string_view request_id;
    after_answer after = after_answer::close;
    bool head = false;        // answer to HEAD: no body
    bool always_200 = false;  // a legacy path that is configured so
};

// Writes one answer behind the others in a session's output. Exactly one of ok, refuse, unreadable, json, bare is called for a request.
class reply
{
public:
    // `headers`: room for those of this answer. REQUIRES: all outlive this object.
    reply(text_buffer& out, text_buffer& headers, reply_frame const& frame);

    // A header of this answer, before its last call. REQUIRES: no CR or LF.
    reply& header(std::string_view name, std::string_view value);
    reply& header(std::string_view name, std::int64_t value);

    // The envelope around `data`, a JSON object.
    void ok(std::string_view data);
    // The envelope of a refusal, with the headers that its status wants.
    void refuse(refusal const& why, realm asks = realm::bearer);
    // The envelope for a request that could not be read; always with its own status.
    void unreadable(unsigned status, tokend::code c, std::string_view reason);
    // Plain JSON, no envelope.
    void json(unsigned status, std::string_view body);
    // No body. What it means, and why, is for the decision alone.
    void bare(unsigned status, tokend::code c = tokend::code::ok, std::string_view reason = {});

    // What was answered, for the decision.
    tokend::code code() const noexcept { return code_; }
    std::string const& reason() const noexcept { return reason_; }

private:
    void write_refusal(unsigned status, std::string_view message, std::string_view member);
    void write(unsigned status, std::string_view type, std::string_view body);
    void append_headers(std::size_t body_size);

    text_buffer& out_;
    text_buffer& headers_;
    reply_frame const& frame_;
    std::string reason_;
    tokend::code code_ = tokend::code::ok;
};

std::string_view challenge(realm asks) noexcept;  // the value of WWW-Authenticate

// Appends a JSON string with its quotes. Bytes that are no UTF-8 are the caller's business.
void append_json_string(text_buffer& out, std::string_view s);

}  // namespace tokend

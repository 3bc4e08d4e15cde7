#pragma once

#include "base/clock.hpp"
#include "base/text_buffer.hpp"
#include "http/common_lines.hpp"
#include "token/entropy.hpp"
#include "token/sessions.hpp"
#include "upkeep/rechecker.hpp"
#include "web/message/json_reader.hpp"
#include "web/message/members.hpp"
#include "web/request_metrics.hpp"
#include "web/services.hpp"
#include "web/setup.hpp"

#include <array>
#include <chrono>
#include <memory>
#include <string>

namespace tokend {

class mailbox;

// Buffers for the request at hand, so that serving one allocates nothing. A coroutine must not use them across a wait.
struct scratch
{
    explicit scratch(http_options const& o) : json{o.limits.body_bytes} {}

    void forget_body() noexcept
    {
        body.clear();
        json.forget();
    }

    json_reader json;
    members body;                                     // of the request
    inspection session;                               // of the token that was inspected last
    text_buffer data;                                 // of the response, while it is put together
    std::string name;                                 // of a query parameter
    std::string value;                                // of a query parameter, decoded
    std::chrono::sys_seconds unknown_parameter_at{};  // when the log was last told of one
};

// What one worker lends to the requests that it serves. Loop thread only.
class worker_state
{
public:
    // REQUIRES: `shared`, `loop` and `returning` outlive this object.
    worker_state(services& shared, std::shared_ptr<setup const> config, asio::io_context& loop, mailbox& returning,
                 std::size_t number);
    worker_state(worker_state const&) = delete;

    services& shared;
    std::shared_ptr<setup const> config;
    message_limits const limits;  // of the first setup: a reload does not change them
    mailbox& returning;           // where coroutines that wait for the tokens file come back to
    entropy random;
    tokend::scratch scratch;
    rechecker checks;
    request_metrics metrics{};
    bool draining = false;

    // Reads both clocks, once for each batch of requests.
    void read_clock() noexcept;
    timestamp now() const noexcept { return now_; }
    std::chrono::steady_clock::time_point steady_now() const noexcept { return steady_now_; }
    // The header lines of now(). Later times are written into the same object.
    common_lines const& lines() const noexcept { return common_lines_; }

    using request_id_text = std::array<char, 24>;
    // A request id that is unique in this process and unlike those of other processes.
    request_id_text const& make_request_id() noexcept;

private:
    timestamp now_;
    std::chrono::steady_clock::time_point steady_now_;
    std::chrono::sys_seconds second_of_lines_{};
    common_lines common_lines_{second_of_lines_};
    request_id_text last_id_;  // random text, a dash and a counter
};

}  // namespace tokend

#pragma once

#include "base/task.hpp"
#include "credential/authenticator.hpp"
#include "token/sessions.hpp"
#include "upkeep/live_tokens.hpp"

#include <string_view>

namespace tokend {

// Asks the backend again, in the background, about users whose tokens are in use. A user who has been removed or may no
// longer log in loses all tokens. An outage changes nothing. Belongs to one worker. Loop thread only.
class rechecker
{
public:
    // REQUIRES: both outlive this object, and what runs on the loop.
    rechecker(live_tokens const& live, asio::io_context& loop) noexcept : live_{live}, loop_{loop} {}

    // Notes that the inspected token is in use by the request with that id. If a check of its principal is due, the
    // backend is asked after the worker's current batch of requests. Takes no lock, and allocates only if a check is
    // due.
    void note_use(inspection const& token, authenticator const& backends, timestamp now,
                  std::string_view request_id) noexcept;

private:
    live_tokens const& live_;
    asio::io_context& loop_;
};

}  // namespace tokend

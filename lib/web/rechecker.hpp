#pragma once

#include "base/task.hpp"
#include "web/services.hpp"

namespace tokend {

// Has those whose tokens are in use checked again by the backend that accepted them, in the background. Who is not there any more,
// or may not log in any more, loses all tokens; an outage changes nothing. A worker's own, on its loop.
class rechecker
{
public:
    // REQUIRES: both outlive this object, and what runs on the loop.
    rechecker(services& shared, asio::io_context& loop) noexcept : shared_{shared}, loop_{loop} {}

    // The token that was inspected last for this request is in use. If its principal is due, the backend is asked when the answers
    // at hand are sent. No lock, and no allocation unless it is due.
    void note_use(context const& ctx);

private:
    services& shared_;
    asio::io_context& loop_;
};

}  // namespace tokend

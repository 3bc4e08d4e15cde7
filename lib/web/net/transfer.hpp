#pragma once

#include <cstddef>

namespace tokend {

// What a stream waits for. A TLS stream may have to write before it can read, and the reverse.
enum class blocked_on
{
    input,
    room
};

// What one attempt to read, to write or to shake hands came to. No attempt waits.
struct transfer
{
    enum class outcome
    {
        done,
        would_block,
        ended  // the peer sends, or takes, nothing more
    };

    transfer::outcome outcome = outcome::would_block;
    std::size_t bytes = 0;
    bool drained = false;  // of a read: another one finds nothing before the poller reports the socket again
    tokend::blocked_on blocked_on = tokend::blocked_on::input;  // where the outcome is would_block
};

}  // namespace tokend

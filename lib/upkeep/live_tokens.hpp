#pragma once

namespace tokend {

class clock;
class logger;
class sessions;

// The live tokens, with the clock and the log that work on them needs. The daemon owns all three. Thread-safe.
struct live_tokens
{
    tokend::sessions& sessions;
    tokend::clock const& clock;
    logger& log;
};

}  // namespace tokend

#pragma once

namespace tokend {

class audit_log;
class clock;
class logger;
class sessions;

// The live tokens, with the clock and the logs that work on them needs. The daemon owns all of them. Thread-safe.
struct live_tokens
{
    tokend::sessions& sessions;
    tokend::clock const& clock;
    logger& log;
    audit_log* audit = nullptr;  // null: decisions are not recorded
};

}  // namespace tokend

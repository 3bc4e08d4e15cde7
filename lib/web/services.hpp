#pragma once

#include "audit/audit_log.hpp"
#include "base/durable_store.hpp"
#include "upkeep/live_tokens.hpp"
#include "web/client_connections.hpp"
#include "web/client_rates.hpp"
#include "web/issue_counts.hpp"
#include "web/process_control.hpp"
#include "web/request_history.hpp"

#include <atomic>
#include <vector>

namespace tokend {

class request_metrics;

// What all workers share. The daemon owns it. Thread-safe once the workers run.
struct services : live_tokens
{
    durable_store* file = nullptr;                  // null: changes of tokens need not survive the process
    durability ends = durability::written;          // how safe the end of a token is when it is answered
    std::atomic<bool> draining{false};              // set at the first sign of stopping; readyz reports it
    process_control* process = nullptr;             // for operators and metrics
    std::vector<request_metrics const*> metrics{};  // of the workers, which register theirs before they run
    request_history history{};                      // of what those have counted
    client_rates rates{};
    client_connections connections{};
    issue_counts issued{};

    // Returns false if no token may be issued, because its record could not be written now.
    bool can_record() const noexcept { return audit == nullptr || audit->takes_issues(); }

    bool ready() const noexcept
    {
        return !draining.load(std::memory_order_relaxed) && (file == nullptr || file->takes_issues()) && can_record();
    }
};

}  // namespace tokend

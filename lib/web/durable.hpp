#pragma once

#include "audit/record.hpp"
#include "base/refusal.hpp"
#include "base/task.hpp"
#include "web/services.hpp"

namespace tokend {

class worker_state;

// Waits until every change of a token before this call is durable in this sense. Returns false if the tokens file
// cannot take it now. REQUIRES: there is a tokens file.
[[nodiscard]] task<bool> until_durable(worker_state& home, durability how);

// The refusal for a client whose change may be undone by a crash.
refusal not_durable();

// Waits until the audit log has written the record. Returns false if it cannot be written now. REQUIRES: there is an
// audit log, and answers wait for it; the record outlives the coroutine.
[[nodiscard]] task<bool> until_recorded(worker_state& home, audit_record const& record);

// The refusal for a client about whom nothing can be recorded now.
refusal not_recorded();

}  // namespace tokend

#pragma once

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

}  // namespace tokend

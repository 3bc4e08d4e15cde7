#pragma once

#include "base/task.hpp"
#include "credential/backend.hpp"
#include "upkeep/live_tokens.hpp"

namespace tokend {

// Does what a backend's answer about a user means for the user's live tokens, in slices, and logs it. A user who is gone or may not
// log in any more loses them all. A user who is still there gets the groups, the units and the end of the credential that the
// backend names now, and loses the tokens of units that are lost. Anything else changes nothing.
// REQUIRES: `live` and the backend outlive the coroutine.
task<void> follow_answer(live_tokens const& live, backend const& by, subject who, verdict answer);

}  // namespace tokend

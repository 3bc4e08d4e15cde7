#pragma once

#include "base/task.hpp"
#include "credential/backend.hpp"
#include "upkeep/live_tokens.hpp"

namespace tokend {

// Applies a backend's answer about a user to the user's live tokens, in slices, and logs it. A user who has been
// removed or may no longer log in loses all tokens. A user who may still log in gets the groups, the units and the end
// of the credential that the backend names now, and loses the tokens of units that the backend no longer names. Any
// other answer changes nothing. REQUIRES: `live` and the backend outlive the coroutine.
task<void> follow_answer(live_tokens const& live, backend const& by, subject who, verdict answer);

}  // namespace tokend

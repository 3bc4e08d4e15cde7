#pragma once

#include "base/task.hpp"
#include "web/services.hpp"

namespace tokend {

// Waits until everything that was done to tokens before this call is in the tokens file, that safe. Returns false if it cannot be
// brought there now. REQUIRES: there is a tokens file.
task<bool> until_kept(context& ctx, durability how);

// The answer to a client whose change of a token may be undone by a crash.
refusal not_kept();

}  // namespace tokend

#pragma once

#include "base/refusal.hpp"
#include "base/task.hpp"
#include "web/services.hpp"

namespace tokend {

class worker_state;

// Waits until everything that was done to tokens before this call is in the tokens file, that safe. Returns false if the
// file cannot take it now. REQUIRES: there is a tokens file.
task<bool> until_kept(worker_state& home, durability how);

// What a client is told whose change a crash may undo.
refusal not_kept();

}  // namespace tokend

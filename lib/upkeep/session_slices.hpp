#pragma once

#include "base/task.hpp"
#include "token/sessions.hpp"

#include <cstddef>
#include <memory>

// Work over all sessions of a user, who may have very many: in slices, so that a loop answers its other clients in between.
namespace tokend {

// Lets the loop do all else that is ready.
task<void> let_others_run();

// REQUIRES, of all below: `kept` and `now` outlive the coroutine.

// Releases the chosen sessions, but the one with the accessor `but` (null: none is spared); returns how many.
task<std::size_t> release_in_slices(sessions& kept, clock const& now, session_choice which,
                                    std::unique_ptr<accessor_text> but);

// Gives the sessions of a user what the backend grants now; see sessions::grant_some.
task<rights_change> grant_in_slices(sessions& kept, clock const& now, session_owner owner, granted_rights rights);

// Completes a page of a listing.
task<void> complete_in_slices(session_page& page);

}  // namespace tokend

#pragma once

#include "base/task.hpp"
#include "token/sessions.hpp"

#include <cstddef>
#include <memory>

// Work over all sessions of a user. There may be very many, so the work is done in slices, and the loop answers its
// other clients in between.
namespace tokend {

// All functions below REQUIRE that `kept` and `now` outlive the coroutine.

// Releases the chosen sessions except the one with the accessor `but`, if that is not null. Returns their number.
task<std::size_t> release_in_slices(sessions& kept, clock const& now, session_choice which,
                                    std::unique_ptr<accessor_text> but, token_end why);

// Gives the sessions of a user the rights that the backend grants now. See sessions::grant_some().
task<rights_change> grant_in_slices(sessions& kept, clock const& now, session_owner owner, granted_rights rights);

// Reads a page of a listing to its end.
task<void> complete_in_slices(session_page& page);

}  // namespace tokend

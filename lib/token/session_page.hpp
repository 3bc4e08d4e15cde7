#pragma once

#include "base/clock.hpp"
#include "table/token_walk.hpp"
#include "token/session_filter.hpp"
#include "token/token.hpp"

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tokend {

// The position of a session in a listing: oldest first, and sessions of one second in the order of their keys. A
// position marks the end of a page whether or not its session still lives, so the server keeps nothing about pages
// between requests.
struct session_place
{
    std::chrono::sys_seconds issued_at{};
    token_key key;
};

bool operator<(session_place const& a, session_place const& b) noexcept;

std::string write_cursor(session_place const& place);
// Returns nothing unless the text is one that write_cursor() returns.
std::optional<session_place> parse_cursor(std::string_view text) noexcept;

// One live token in a listing.
struct listed_session
{
    session_place place{};
    std::chrono::sys_seconds expires_at{};
    std::string unit;
    std::string client_address;

    accessor_text accessor() const noexcept { return write_accessor(place.key); }
};

// A page of a listing: the oldest of the chosen sessions behind a position. Pages that each begin where the one before
// ended show every session that lives all the time exactly once. The search goes in slices. Not thread-safe.
class session_page
{
public:
    // The sessions that are live at `now`. REQUIRES: `kept` outlives this object.
    session_page(table& kept, session_choice const& which, std::optional<session_place> behind, std::size_t limit,
                 timestamp now);

    // Reads `tokens` more tokens. Returns false when it has read all: then the page is complete.
    bool look(std::size_t tokens);

    // REQUIRES, for both: the page is complete.
    std::vector<listed_session> const& sessions() const noexcept { return oldest_; }
    std::optional<session_place> end() const;  // where the next page begins; nothing if this is the last page

private:
    void take(found_token const& found);

    std::optional<session_place> const behind_;
    std::size_t const limit_;
    std::chrono::sys_seconds const now_;
    token_walk tokens_;
    found_token found_;
    std::vector<listed_session> oldest_;  // a heap with the youngest on top; sorted when the page is complete
    bool more_ = false;                   // there are sessions behind the page
};

}  // namespace tokend

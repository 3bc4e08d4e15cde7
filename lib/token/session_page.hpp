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

// Where a session stands in a listing: oldest first, and those of one second in the order of their keys. A place says where a page
// ends, whether or not its session still lives, so nothing about pages is kept between requests.
struct session_place
{
    std::chrono::sys_seconds issued_at{};
    token_key key;
};

bool operator<(session_place const& a, session_place const& b) noexcept;

std::string write_cursor(session_place const& place);
// Nothing, unless it is a text that write_cursor() gives.
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

// The oldest of the chosen sessions behind a place: a page of a listing. Pages that begin where the one before ended show every
// session that lives through all of them once. The search goes in slices. Not thread-safe.
class session_page
{
public:
    // The sessions that are live at `now`. REQUIRES: `kept` outlives this object.
    session_page(table& kept, session_choice const& which, std::optional<session_place> behind, std::size_t limit,
                 timestamp now);

    // Looks at that many more tokens. Returns false when it has seen them all: then the page is complete.
    bool look(std::size_t tokens);

    // REQUIRES: the page is complete. The same for the next function.
    std::vector<listed_session> const& sessions() const noexcept { return oldest_; }
    std::optional<session_place> end() const;  // where the next page begins; nothing: this is the last page

private:
    void take(found_token const& found);

    std::optional<session_place> const behind_;
    std::size_t const limit_;
    std::chrono::sys_seconds const now_;
    token_walk tokens_;
    found_token found_;
    std::vector<listed_session> oldest_;  // a heap with the youngest on top; sorted when the page is complete
    bool more_ = false;                   // behind the page
};

}  // namespace tokend

#pragma once

#include "base/clock.hpp"
#include "base/principal.hpp"
#include "base/recheck.hpp"
#include "base/refusal.hpp"
#include "table/token_walk.hpp"
#include "token/entropy.hpp"
#include "token/lifetime.hpp"
#include "token/owner_walk.hpp"
#include "token/session_filter.hpp"
#include "token/session_page.hpp"
#include "token/token.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tokend {

struct issued_token
{
    token_text token;
    accessor_text accessor{};
    std::chrono::sys_seconds issued_at{};
    std::chrono::sys_seconds expires_at{};
    std::chrono::seconds expires_in{};
};

// What a live token tells. Large, reusable, one thread's own: the views point into it, so it stays where it is.
class inspection
{
public:
    inspection() = default;
    inspection(inspection const&) = delete;
    inspection& operator=(inspection const&) = delete;

    principal_view principal;
    accessor_text accessor{};
    std::chrono::sys_seconds issued_at{};
    std::chrono::sys_seconds expires_at{};
    std::chrono::seconds expires_in{};

private:
    friend class sessions;
    token_key key_;
    found_token found_;
};

// The live tokens of the chosen principals. Of an owner it is quick; for any other choice it looks at all principals.
token_walk walk_tokens(table& kept, session_choice const& which, std::chrono::sys_seconds now);

// What a backend grants a user now.
struct granted_rights
{
    std::vector<std::string> units;
    std::vector<std::string> groups;
    std::int64_t not_after = 0;  // Unix seconds; 0: none
};

// What became of a user's tokens.
struct rights_change
{
    std::size_t changed = 0;
    std::size_t ended = 0;  // their unit is lost, or the table has no room for the change
};

// A token's life, from issue to release, over the table that keeps it. `now` is a clock that does not go back. Any thread; each
// brings its own entropy and inspection.
class sessions
{
public:
    // REQUIRES: `kept` outlives this object.
    explicit sessions(table& kept) noexcept : table_{kept} {}

    // INVALID_CREDENTIALS if the credential has ended, TOKEN_STORE_FULL, STORE_UNAVAILABLE, or INTERNAL_ERROR.
    result<issued_token> issue(principal const& who, lifetime_rules const& rules, timestamp now, entropy& random);

    // False, and `out` of no use: malformed, unknown or expired. No lock, no allocation.
    bool inspect(std::string_view token, timestamp now, inspection& out) const;

    // A use of an inspected token, which may move its end and then updates `seen`. A renewal is granted in full; a touch is
    // written only if it is worth it. False: it was to be written, and the token has ended since it was inspected.
    bool renew(inspection& seen, lifetime_rules const& rules, timestamp now) noexcept;
    bool touch(inspection& seen, lifetime_rules const& rules, timestamp now) noexcept;

    // False: there was no such live token.
    bool release(std::string_view token, timestamp now);

    // A new token for another of the principal's units, with the times of the old one, which ends. UNIT_NOT_ALLOWED,
    // INVALID_TOKEN if it has ended since it was inspected, TOKEN_STORE_FULL, STORE_UNAVAILABLE, or INTERNAL_ERROR.
    result<issued_token> switch_unit(inspection const& seen, std::string_view unit, timestamp now, entropy& random);

    // A page of a listing, whose search has not begun.
    std::unique_ptr<session_page> begin_page(session_choice const& which, std::optional<session_place> behind,
                                             std::size_t limit, timestamp now) const
    {
        return std::make_unique<session_page>(table_, which, behind, limit, now);
    }
    // Counts, and releases up to `most` tokens but the one with the accessor `but`. Tokens that are issued or end meanwhile may be
    // missed or met. A call that released `most` is to be followed by another.
    std::size_t count(session_choice const& which, timestamp now) const;
    std::size_t release_all(session_choice const& which, timestamp now, accessor_text const* but = nullptr,
                            std::size_t most = token_walk::all);

    // Gives all live tokens of an owner what the backend grants now, and ends those whose unit is not among it, `most` at a time; adds
    // to `sum`. Returns false if it is to be called again. A credential's new end ends its tokens; a later one does not prolong them.
    bool grant_some(session_owner const& owner, granted_rights const& rights, timestamp now, std::size_t most,
                    rights_change& sum);

    // The owners whom a backend has accepted and who have live tokens.
    std::unique_ptr<owner_walk> owners_at(std::string backend, timestamp now) const
    {
        return std::make_unique<owner_walk>(table_, std::move(backend), now);
    }

    // A use of an inspected token: is its principal due for a check? Then one caller alone has the claim, and for the next `retry`
    // nobody else; after that, or by interval once the claim is settled, it is due again. A login counts as a check, a switch of
    // the unit does not. No lock, no allocation.
    std::optional<check_claim> claim_check(inspection const& seen, recheck_rules const& rules, timestamp now) noexcept;
    void settle_check(check_claim claim, timestamp good_at) noexcept;

    // Releases the token with that accessor. False: there is no such live token, or it is not of the owner of `seen`.
    bool release_session(inspection const& seen, std::string_view accessor, timestamp now);

private:
    std::vector<std::string> principals_of(session_owner const& owner, std::chrono::sys_seconds now) const;
    std::size_t release_of(std::string const& principal, session_owner const& owner, std::chrono::sys_seconds now,
                           std::size_t most);
    result<issued_token> make(principal const& who, token_times times, std::chrono::sys_seconds checked_at,
                              std::chrono::sys_seconds now, entropy& random);
    bool extend(inspection& seen, std::chrono::sys_seconds end, std::chrono::sys_seconds now) noexcept;

    table& table_;
};

}  // namespace tokend

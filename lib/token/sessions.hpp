#pragma once

#include "base/clock.hpp"
#include "base/principal.hpp"
#include "base/recheck.hpp"
#include "base/refusal.hpp"
#include "base/token_limits.hpp"
#include "table/token_walk.hpp"
#include "token/entropy.hpp"
#include "token/lifetime.hpp"
#include "token/owner_walk.hpp"
#include "token/session_filter.hpp"
#include "token/session_page.hpp"
#include "token/session_walk.hpp"
#include "token/token.hpp"
#include "token/token_counts.hpp"

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
    std::optional<accessor_text> evicted{};  // the session that has ended for it
};

// The contents of a live token. Large and reusable. The views point into the object, so it cannot be copied. Not
// thread-safe.
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

// Walks over the live tokens of the chosen principals. It is fast for an owner; for any other choice it reads all
// principals.
token_walk walk_tokens(table& kept, session_choice const& which, std::chrono::sys_seconds now);

// The rights that a backend grants a user now.
struct granted_rights
{
    std::vector<std::string> units;
    std::vector<std::string> groups;
    std::int64_t not_after = 0;  // Unix seconds; 0: none
};

// The effect of changed rights on a user's tokens.
struct rights_change
{
    std::size_t changed = 0;
    std::size_t ended = 0;  // because their unit is lost, or the table has no room for the change
};

// The life of tokens, from issue to release, in the table that stores them. `now` is the time of a clock that does not
// go back. Thread-safe; each thread passes its own entropy and inspection.
class sessions
{
public:
    // REQUIRES: `kept` outlives this object.
    explicit sessions(table& kept) noexcept : table_{kept} {}

    // Refuses with INVALID_CREDENTIALS if the credential has ended, or with SESSION_LIMIT, TOKEN_STORE_FULL,
    // STORE_UNAVAILABLE or INTERNAL_ERROR. If the limits say so, the oldest session of the same owner ends instead of a
    // SESSION_LIMIT.
    result<issued_token> issue(principal const& who, lifetime_rules const& rules, timestamp now, entropy& random,
                               token_limits const& limits = {});

    // Returns false, with `out` unspecified, if the token is malformed, unknown or expired. No lock, no allocation.
    bool inspect(std::string_view token, timestamp now, inspection& out) const;

    // Report a use of an inspected token, which may move its end; then they update `seen`. A renewal is granted in
    // full; a touch is written only if it moves the end far enough. They return false if the new end had to be written
    // and the token has ended since it was inspected.
    bool renew(inspection& seen, lifetime_rules const& rules, timestamp now) noexcept;
    bool touch(inspection& seen, lifetime_rules const& rules, timestamp now) noexcept;

    // Returns false if there is no such live token.
    bool release(std::string_view token, timestamp now);

    // Issues a token for another of the principal's units, with the times of the old token, and ends the old one. That
    // needs no room for another token, so no limit refuses it. Refuses with UNIT_NOT_ALLOWED, with INVALID_TOKEN if the
    // old token has ended since it was inspected, with TOKEN_STORE_FULL if there is no room for the principal, or with
    // STORE_UNAVAILABLE or INTERNAL_ERROR.
    result<issued_token> switch_unit(inspection const& seen, std::string_view unit, timestamp now, entropy& random,
                                     token_share* share = nullptr);

    // Makes a page of a listing. Its search begins with the first call of session_page::look().
    std::unique_ptr<session_page> begin_page(session_choice const& which, std::optional<session_place> behind,
                                             std::size_t limit, timestamp now) const
    {
        return std::make_unique<session_page>(table_, which, behind, limit, now);
    }
    // Count the chosen tokens, or release up to `most` of them, but not the one with the accessor `but`. Tokens that
    // are issued or end meanwhile may or may not be included. If release_all() returns `most`, call it again.
    std::size_t count(session_choice const& which, timestamp now) const;
    std::size_t release_all(session_choice const& which, timestamp now, accessor_text const* but = nullptr,
                            std::size_t most = token_walk::all, token_end why = token_end::revoked);

    // Gives all live tokens of an owner the rights that the backend grants now, and ends tokens whose unit is lost:
    // `most` tokens in one call. Adds to `sum`. Returns false if the caller has to call it again. An earlier end of the
    // credential ends its tokens; a later one does not prolong them.
    bool grant_some(session_owner const& owner, granted_rights const& rights, timestamp now, std::size_t most,
                    rights_change& sum);

    // Walks over the owners whom a backend has accepted and who have live tokens.
    std::unique_ptr<owner_walk> owners_at(std::string backend, timestamp now) const
    {
        return std::make_unique<owner_walk>(table_, std::move(backend), now);
    }

    // Walks over the sessions of all users.
    std::unique_ptr<session_walk> walk(session_terms terms, session_walk::judge allowed, std::size_t position = 0) const
    {
        return std::make_unique<session_walk>(table_, std::move(terms), std::move(allowed), position);
    }

    // If the principal of this token is due for a check, exactly one caller gets the claim. It is due again one
    // interval after the claim is settled, or `retry` after the claim if it never is. A login counts as a check; a
    // switch of the unit does not. No lock, no allocation.
    std::optional<check_claim> claim_check(inspection const& seen, recheck_rules const& rules, timestamp now) noexcept;
    void settle_check(check_claim claim, timestamp good_at) noexcept;

    // As inspect(), by the accessor.
    bool look_up(std::string_view accessor, timestamp now, inspection& out) const;

    // Releases the token with that accessor. Returns false if there is no such live token, or it has another owner than
    // `seen`.
    bool release_session(inspection const& seen, std::string_view accessor, timestamp now);
    // The same, whoever is the owner.
    bool release_session(std::string_view accessor, timestamp now);
    bool release_session(token_key key, timestamp now) { return end(key, token_end::revoked, whole_seconds(now)); }

    token_counts const& counts() const noexcept { return counts_; }

private:
    std::vector<std::string> principals_of(session_owner const& owner, std::chrono::sys_seconds now) const;
    std::size_t release_of(std::string const& principal, session_owner const& owner, std::chrono::sys_seconds now,
                           std::size_t most);
    result<issued_token> make(principal const& who, token_times times, token_limits const& limits,
                              std::chrono::sys_seconds checked_at, std::chrono::sys_seconds now, entropy& random,
                              token_key const* old = nullptr);
    bool extend(inspection& seen, std::chrono::sys_seconds end, std::chrono::sys_seconds now) noexcept;

    bool read(timestamp now, inspection& out) const;
    bool end(token_key key, token_end why, std::chrono::sys_seconds now) noexcept;

    table& table_;
    token_counts counts_;
};

}  // namespace tokend

#pragma once

#include "base/address.hpp"
#include "base/principal.hpp"
#include "table/slot_walk.hpp"
#include "token/lifetime.hpp"
#include "token/session_filter.hpp"
#include "token/token.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string_view>

namespace tokend {

// The sessions that an administrator looks for: those that fulfil all terms. A term that is not given accepts all.
struct session_terms
{
    session_filter of{};
    std::optional<network> client{};  // of the client that logged in
    std::optional<std::chrono::sys_seconds> issued_before{};

    // No term is given.
    bool empty() const noexcept { return !client && !issued_before && of == session_filter{}; }
};

// A walk, a slice at a time, over the sessions of all users that fulfil the terms, while tokens are issued and end.
// Walks that each begin at the position where the one before ended meet every session that lives all the time once. A
// session whose unit is switched meanwhile is another one then, and may be missed. Not thread-safe.
class session_walk
{
public:
    using judge = std::function<bool(principal_view const&, token_times const&)>;

    // `allowed` judges each session besides. REQUIRES: `kept` outlives it.
    session_walk(table& kept, session_terms terms, judge allowed, std::size_t position = 0);

    // Looks at up to `slots` slots of the table, and lowers `slots` by their number. Returns true as soon as it finds a
    // session, which the functions below describe until the next call.
    [[nodiscard]] bool next(timestamp now, std::size_t& slots);

    token_key key() const noexcept { return found_.key; }
    accessor_text accessor() const noexcept { return write_accessor(found_.key); }
    principal_view const& who() const noexcept { return who_; }
    std::string_view client_address() const noexcept { return slots_.address(); }
    std::chrono::sys_seconds issued_at() const noexcept { return found_.issued_at; }
    std::chrono::sys_seconds expires_at() const noexcept;

    // The next slot to look at, and the number of slots of the table.
    std::size_t position() const noexcept { return slots_.position(); }
    std::size_t size() const noexcept { return slots_.slots(); }
    bool at_end() const noexcept { return slots_.at_end(); }

private:
    bool fulfils() const;

    session_terms const terms_;
    judge const allowed_;
    slot_walk slots_;
    found_token found_;
    principal_view who_;
};

}  // namespace tokend

#pragma once

#include "table/table.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <span>
#include <string_view>
#include <utility>

namespace tokend {

// A walk over live tokens, of one owner or of all, while other threads insert and end tokens. It visits every token
// that lives from the beginning of the walk to its end, and the tokens of one principal oldest first. Not thread-safe.
// REQUIRES: `kept` outlives it.
class token_walk
{
public:
    static constexpr auto all = principal_index::walk::all;

    // `wanted` judges each principal under a lock, and again the principal of each token that is visited. It must be
    // brief and must not call the table. A walk over one owner needs it to leave out others whose identity has the same
    // hash. The walk visits the oldest `most` tokens of each principal.
    token_walk(table& kept, record_filter wanted, std::size_t most = all)
        : table_{kept}, places_{kept.index_, std::move(wanted), most}
    {}
    token_walk(table& kept, std::span<char const> identity, record_filter wanted, std::size_t most = all)
        : table_{kept}, places_{kept.index_, identity, std::move(wanted), most}
    {}

    // Returns false, with `out` unspecified, if there are no more tokens.
    [[nodiscard]] bool next(std::chrono::sys_seconds now, found_token& out);
    // The address of the client that got the token of the last next(); empty if unknown.
    std::string_view address() const noexcept { return address_.view(); }

private:
    [[nodiscard]] bool look_at(principal_index::listed_token place, std::chrono::sys_seconds now, found_token& out);

    table& table_;
    principal_index::walk places_;
    client_address address_;
    std::array<principal_index::listed_token, 64> room_;  // filled while the lock is held
    std::span<principal_index::listed_token> ahead_;
};

}  // namespace tokend

#pragma once

#include "table/table.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <span>
#include <string_view>
#include <utility>

namespace tokend {

// A walk over live tokens, of one owner or of all, those of one principal oldest first; while others are inserted and ended. It
// meets every token that lives from its beginning to its end. One thread's own. REQUIRES: `kept` outlives it.
class token_walk
{
public:
    static constexpr auto all = principal_index::walk::all;

    // `wanted` judges each principal under a lock, and each token's principal again as it is met: brief, without a call into the
    // table. Of an owner it is to tell apart others whose identity has the same hash. Of each principal the oldest `most` are met.
    token_walk(table& kept, record_filter wanted, std::size_t most = all)
        : table_{kept}, places_{kept.index_, std::move(wanted), most}
    {}
    token_walk(table& kept, std::span<char const> identity, record_filter wanted, std::size_t most = all)
        : table_{kept}, places_{kept.index_, identity, std::move(wanted), most}
    {}

    // Returns false if there are no more; then `out` means nothing.
    [[nodiscard]] bool next(std::chrono::sys_seconds now, found_token& out);
    // Where the client was that got the token of the last next(); empty: unknown.
    std::string_view address() const noexcept { return address_.view(); }

private:
    [[nodiscard]] bool look_at(principal_index::entry place, std::chrono::sys_seconds now, found_token& out);

    table& table_;
    principal_index::walk places_;
    client_address address_;
    std::array<principal_index::entry, 64> room_;  // between two times that the lock is held
    std::span<principal_index::entry> ahead_;
};

}  // namespace tokend

#pragma once

#include "table/table.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>

namespace tokend {

// A token as a chronicle names it.
struct exported_token
{
    token_key key;
    std::uint32_t issued = 0;  // Unix seconds, like `expires`
    std::uint32_t expires = 0;
    std::uint64_t principal = 0;  // serial
    std::uint64_t address = 0;    // serial; 0: unknown
};

// Reads all live tokens of a table while others use it. It yields every token that was reported to the chronicle before
// construction and lives until the export ends, and perhaps some that were reported later. The principal and the
// address of a token have been yielded before it, or were reported after construction. REQUIRES: the calls come in the
// order in which they stand here. Not thread-safe.
class table_export
{
public:
    // Waits until each insert that has reported its token has published it.
    explicit table_export(table& from) noexcept : table_{from} { table_.index_.await_puts(); }

    // Calls `use(serial, bytes)` for each principal, or for each address.
    template <class Use>
    void for_each_principal(Use&& use)
    {
        table_.index_.for_each_record(std::forward<Use>(use));
    }
    template <class Use>
    void for_each_address(Use&& use)
    {
        table_.addresses_.for_each(std::forward<Use>(use));
    }
    // Calls `use(exported_token)` for each token that has not expired, in the order of their slots, and `rest()` after
    // each slice of slots, whether tokens live there or not.
    template <class Use, class Rest>
    void for_each_token(std::chrono::sys_seconds now, Use&& use, Rest&& rest)
    {
        constexpr std::size_t slice = 2048;
        for (std::size_t slot = 0; slot < table_.slots_.size();)
        {
            for (auto const end = std::min(slot + slice, table_.slots_.size()); slot < end; ++slot)
                if (auto const token = read(slot, narrow(now)))
                    use(*token);
            rest();
        }
    }

private:
    std::optional<exported_token> read(std::size_t slot, std::uint32_t now) const noexcept;

    table& table_;
};

}  // namespace tokend

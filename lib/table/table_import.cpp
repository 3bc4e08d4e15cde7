#include "table/table_import.hpp"

#include <algorithm>

namespace tokend {

void table_import::count_principals(std::span<import_count const> all)
{
    auto const record_of = [all](std::size_t i) { return all[std::min(i, all.size() - 1)].record; };
    for (std::size_t i = 0; i < all.size(); ++i)
    {
        table_.index_.prefetch_record(record_of(i + 32));
        table_.index_.prefetch_keeper(record_of(i + 16));
        table_.index_.count_restored(all[i].record, all[i].tokens);
    }
}

void table_import::count_address(import_count const& one) noexcept
{
    table_.addresses_.count(one.record, one.tokens);
    table_.addresses_.release(one.record);
}

void table_import::finish(std::uint64_t last_principal, std::uint64_t last_address) noexcept
{
    table_.index_.count_serials_from(last_principal + 1);
    table_.addresses_.count_serials_from(last_address + 1);
    table_.index_.link_later(table_.slots_);
}

}  // namespace tokend

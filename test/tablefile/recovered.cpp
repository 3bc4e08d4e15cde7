#include "tablefile/recovered.hpp"

#include "tablefile/restore.hpp"

#include <algorithm>
#include <stdexcept>

namespace tokend::testing {

table_options const recovered::options{.capacity = 200, .record_bytes = 32 * 1024, .stripes = 4};

recovered::recovered(std::span<std::byte const> file)
{
    layout::header header;
    if (!layout::read_header(file.first(std::min<std::size_t>(file.size(), layout::header_bytes)), file.size(), header)
             .empty())
        return;
    table_.emplace(options);
    auto const own = [](std::span<char const> principal) {
        return std::optional{std::string{principal.begin(), principal.end()}};
    };
    try
    {
        damaged_ = restore(*table_, {header, file.size(), reader_of(file)}, own, now, options.capacity).damaged;
    }
    catch (std::runtime_error const&)  // there is no room for all of it
    {
        table_.reset();
    }
}

bool recovered::is_sound()
{
    auto const count = table_->census();
    return count.live == table_->size() && count.busy == 0 && count.mistold == 0 && count.indexed == count.live;
}

std::optional<recovered::token> recovered::find(token_key key) const
{
    found_token found;
    if (!table_ || !table_->find(key, now, found))
        return {};
    return token{{found.principal().begin(), found.principal().end()}, found.issued_at, found.expires_at};
}

}  // namespace tokend::testing

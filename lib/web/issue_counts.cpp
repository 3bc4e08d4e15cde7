#include "web/issue_counts.hpp"

#include <algorithm>
#include <functional>
#include <new>
#include <string>
#include <utility>

namespace tokend {

void issue_counts::add(principal const& who, std::optional<ip_address> const& client) noexcept
try
{
    std::string name = who.organisation;
    auto const begin = name.append(1, between).size();
    add(kind::user, name.append(who.username));
    name.resize(begin);
    add(kind::network, name.append(client ? network_of_client(*client).text() : "unix"));
}
catch (std::bad_alloc const&)
{}

void issue_counts::add(kind of, std::string_view name)
{
    auto& at = counts_[static_cast<std::size_t>(of)][std::hash<std::string_view>{}(name) % shards];
    std::lock_guard const lock{at.mutex};
    at.names.add(name);
}

std::vector<top_counts::row> issue_counts::rows(kind of, std::function<bool(std::string_view)> const& may_see) const
{
    std::vector<top_counts::row> all;
    for (auto const& one : counts_[static_cast<std::size_t>(of)])
    {
        std::lock_guard const lock{one.mutex};
        for (auto& row : one.names.rows())
            if (may_see(row.name))
                all.push_back(std::move(row));
    }
    std::ranges::sort(all, [](auto const& a, auto const& b) { return a.count > b.count; });
    return all;
}

}  // namespace tokend

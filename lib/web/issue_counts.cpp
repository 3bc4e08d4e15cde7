#include "web/issue_counts.hpp"

#include <algorithm>
#include <new>
#include <string>
#include <utility>

namespace tokend {

void issue_counts::add(principal const& who, std::optional<ip_address> const& client) noexcept
try
{
    std::string name = who.organisation;
    add(kind::organisation, name);
    auto const begin = name.append(1, between).size();
    auto const add_part = [&](kind of, std::string_view part) {
        name.resize(begin);
        add(of, name.append(part));
    };
    add_part(kind::backend, who.backend);
    add_part(kind::user, who.username);
    add_part(kind::network, client ? network_of_client(*client).text() : "unix");
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

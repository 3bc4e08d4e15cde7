#include "web/methods/routes.hpp"

#include "web/methods/admin_routes.hpp"
#include "web/methods/metrics_routes.hpp"
#include "web/methods/public_routes.hpp"
#include "web/request_metrics.hpp"

#include <algorithm>
#include <array>
#include <cassert>

namespace tokend {
namespace {

constexpr std::array all_services{service::public_methods, service::admin, service::metrics};

std::span<route const> table_of(service s) noexcept
{
    switch (s)
    {
    case service::public_methods:
        return public_routes();
    case service::admin:
        return admin_routes();
    case service::metrics:
        break;
    }
    return metrics_routes();
}

// A path that several services have, such as /readyz, is taken from the first one, which shows strangers least.
std::vector<route> join_tables(std::size_t chosen)
{
    std::vector<route> joined;
    for (std::size_t i = 0; i < all_services.size(); ++i)
        if ((chosen >> i & 1) != 0)
            for (auto const& r : table_of(all_services[i]))
            {
                auto const is_same = [&](route const& other) {
                    return other.path == r.path && other.verb == r.verb && other.use == r.use;
                };
                if (std::none_of(joined.begin(), joined.end(), is_same))
                    joined.push_back(r);
            }
    return joined;
}

std::vector<std::string_view> names()
{
    std::vector<std::string_view> all{"none"};
    for (auto const s : all_services)
        for (auto const& r : table_of(s))
        {
            all.resize(std::max<std::size_t>(all.size(), r.number + 1U));
            all[r.number] = r.name;
        }
    assert(all.size() <= request_metrics::routes);
    return all;
}

}  // namespace

std::span<route const> routes_of(std::vector<service> const& services)
{
    static std::array<std::vector<route>, std::size_t{1} << all_services.size()> const tables = [] {
        std::array<std::vector<route>, std::size_t{1} << all_services.size()> made;
        for (std::size_t i = 0; i < made.size(); ++i)
            made[i] = join_tables(i);
        return made;
    }();
    std::size_t chosen = 0;
    for (auto const s : services)
        chosen |= std::size_t{1} << static_cast<std::size_t>(s);
    return tables[chosen];
}

std::span<std::string_view const> route_names() noexcept
{
    static std::vector<std::string_view> const all = names();
    return all;
}

}  // namespace tokend

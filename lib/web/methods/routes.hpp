#pragma once

#include "web/options.hpp"
#include "web/router.hpp"

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

namespace tokend {

// The routes of a listener that serves these. For equal services it is the same table, which lives as long as the
// process. Thread-safe.
std::span<route const> routes_of(std::vector<service> const& services);

// The names of all routes, by route::number; the first stands for requests without a route.
std::span<std::string_view const> route_names() noexcept;

}  // namespace tokend

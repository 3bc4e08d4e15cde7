#pragma once

#include "web/router.hpp"

#include <span>

namespace tokend {

// The methods of a front for metrics.
std::span<route const> metrics_routes() noexcept;

}  // namespace tokend

#pragma once

#include "web/router.hpp"

#include <span>

namespace tokend {

// The methods of an admin front.
std::span<route const> admin_routes() noexcept;

}  // namespace tokend

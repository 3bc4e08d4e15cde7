#pragma once

#include "web/router.hpp"

#include <span>

namespace tokend {

// The methods of the public front.
std::span<route const> public_routes() noexcept;

}  // namespace tokend

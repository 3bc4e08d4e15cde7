#include "web/methods/admin_routes.hpp"

#include "web/methods/methods.hpp"

#include <array>

namespace tokend {
namespace {

constexpr std::array admin_table{
    health_route("healthz", "/healthz", checked_healthz),
    health_route("readyz", "/readyz", checked_readyz),
};

}  // namespace

std::span<route const> admin_routes() noexcept { return admin_table; }

}  // namespace tokend

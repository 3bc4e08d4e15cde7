#include "web/rates.hpp"

#include "web/front.hpp"
#include "web/request_context.hpp"
#include "web/services.hpp"
#include "web/setup.hpp"
#include "web/worker_state.hpp"

#include <algorithm>
#include <chrono>

namespace tokend {
namespace {

using namespace std::chrono_literals;

refusal limited(std::chrono::nanoseconds wait, char const* whose)
{
    return {code::rate_limited, {}, whose, std::max(1s, std::chrono::ceil<std::chrono::seconds>(wait))};
}

}  // namespace

result<void> admit_at_rate(request_context& ctx) noexcept
{
    auto const* const route = ctx.match.route;
    if (route == nullptr || !ctx.match.allows_verb || route->body != body_use::json)
        return {};
    auto const& of_network = ctx.config().network_rate;
    auto const& of_listener = ctx.at.rate;
    if (of_network.limits() && ctx.client.address)
        if (auto const wait = ctx.meters_of_client().take(of_network, ctx.home.steady_now()); wait != 0ns)
            return limited(wait, "the rate of the client's network");
    if (of_listener.limits())
        if (auto const wait = ctx.at.meter->take(of_listener, ctx.home.steady_now()); wait != 0ns)
            return limited(wait, "the rate of the listener");
    return {};
}

}  // namespace tokend

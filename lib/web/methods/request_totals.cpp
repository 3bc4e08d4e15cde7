#include "web/methods/request_totals.hpp"

#include "web/methods/methods.hpp"
#include "web/methods/public_routes.hpp"
#include "web/request_metrics.hpp"
#include "web/services.hpp"

#include <algorithm>
#include <optional>

namespace tokend {
namespace {

enum class route_kind
{
    login,
    validation,
    other
};

route_kind kind_of(std::size_t number) noexcept
{
    auto const all = public_routes();
    auto const found = std::ranges::find(all, number, &route::number);
    if (found == all.end())
        return route_kind::other;
    return found->audited == audited::logins                              ? route_kind::login
           : found->answer == &validate_token || found->answer == &verify ? route_kind::validation
                                                                          : route_kind::other;
}

// Nothing: the history does not count it.
std::optional<request_kind> kind_of(route_kind of, code c) noexcept
{
    if (of == route_kind::login && c == code::backend_unavailable)
        return request_kind::login_unavailable;
    auto const status = http_status(c);
    if (status == 429 || status == 503)
        return request_kind::refusal;
    if (of == route_kind::validation && status != 400 && status != 500)
        return request_kind::validation;
    if (of == route_kind::login && c == code::ok)
        return request_kind::login_accepted;
    if (of == route_kind::login && (status == 401 || status == 403))
        return request_kind::login_rejected;
    return std::nullopt;
}

}  // namespace

request_totals total_requests(services const& all) noexcept
{
    request_totals sum;
    for (std::size_t number = 0; number < request_metrics::routes; ++number)
    {
        auto const of = kind_of(number);
        for (std::size_t i = 0; i < request_metrics::codes; ++i)
            if (auto const kind = kind_of(of, static_cast<code>(i)))
                for (auto const* const counted : all.metrics)
                    sum[*kind] += counted->answers(number, static_cast<code>(i));
        if (of == route_kind::validation)
            for (auto const* const counted : all.metrics)
                counted->add_times(number, sum.validation_times);
    }
    return sum;
}

}  // namespace tokend

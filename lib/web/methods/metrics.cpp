#include "base/metrics_text.hpp"
#include "web/methods/methods.hpp"
#include "web/methods/metrics_routes.hpp"
#include "web/methods/routes.hpp"
#include "web/request_context.hpp"
#include "web/request_metrics.hpp"
#include "web/services.hpp"
#include "web/setup.hpp"

#include <array>
#include <string>

// GET /metrics: what the workers have counted, summed now, and what the rest of the process knows.
namespace tokend {
namespace {

constexpr std::array metrics_table = numbered<40>(std::array{
    route{.name = "metrics", .verb = "GET", .path = "/metrics", .answer = show_metrics},
    health_route("checked_healthz", "/healthz", checked_healthz),
    health_route("checked_readyz", "/readyz", checked_readyz),
});

void append_requests(metrics_text& out, services const& all)
{
    auto const names = route_names();
    out.counter("tokend_http_requests", "Requests that were answered, by method and status.code.");
    for (std::size_t route = 0; route < names.size(); ++route)
        for (std::size_t c = 0; c < request_metrics::codes; ++c)
        {
            std::uint64_t sum = 0;
            for (auto const* of : all.metrics)
                sum += of->answers(route, static_cast<code>(c));
            if (sum != 0)
                out.sample({{"route", names[route]}, {"code", to_string(static_cast<code>(c))}}, sum);
        }
    out.histogram(
        "tokend_http_request_duration_seconds",
        "From a request's first bytes to its answer: of all that wait for something, and of one in 16 others.");
    for (std::size_t route = 1; route < names.size(); ++route)
    {
        time_distribution sum;
        for (auto const* of : all.metrics)
            of->add_times(route, sum);
        if (sum.microseconds != 0 || sum.counts[0] != 0)
            out.sample({{"route", names[route]}}, sum);
    }
}

void append_logins(metrics_text& out, services const& all)
{
    request_metrics::login_counts sum;
    for (auto const* of : all.metrics)
        of->add_logins(sum);
    out.counter("tokend_logins", "Logins by organisation, the backend that accepted them, and status.code.");
    for (auto const& [key, count] : sum)
    {
        auto const& [organisation, backend, result] = key;
        out.sample({{"organisation", organisation}, {"backend", backend}, {"result", to_string(result)}}, count);
    }
}

template <class Value>
void append_backends(metrics_text& out, setup const& config, Value value)
{
    for (auto const& b : config.authenticator.backends())
        out.sample({{"backend", b->id()}}, static_cast<std::uint64_t>(value(*b)));
}

void append_backends(metrics_text& out, setup const& config)
{
    out.gauge("tokend_backend_up", "1 if the plugin says that it can answer.");
    append_backends(out, config, [](backend const& b) { return b.state().can_answer; });
    out.gauge("tokend_backend_breaker_open", "1 while one login at a time asks, because the backend was down.");
    append_backends(out, config, [](backend const& b) { return b.state().is_open; });
    out.gauge("tokend_backend_inflight", "Logins that wait for a verdict.");
    append_backends(out, config, [](backend const& b) { return b.state().in_flight; });
    out.gauge("tokend_backend_queued", "Logins that wait for a place among those.");
    append_backends(out, config, [](backend const& b) { return b.state().queued; });
    out.histogram("tokend_backend_request_duration_seconds", "From a question to its verdict, queueing included.");
    for (auto const& b : config.authenticator.backends())
    {
        time_distribution sum;
        b->times().add_to(sum);
        out.sample({{"backend", b->id()}}, sum);
    }
}

bool wants_openmetrics(request_view const& request)
{
    return request.field(header::accept).find("application/openmetrics-text") != std::string_view::npos;
}

}  // namespace

answered show_metrics(request_view const& request, request_context& ctx, reply& out)
{
    metrics_text text{wants_openmetrics(request) ? metrics_format::openmetrics : metrics_format::prometheus};
    auto const& all = ctx.services;
    text.gauge("tokend_ready", "1 if /readyz is 200.");
    text.sample({}, std::uint64_t{all.ready()});
    append_requests(text, all);
    append_logins(text, all);
    append_backends(text, ctx.config());
    if (all.process != nullptr)
        all.process->append_metrics(text);
    auto const type = text.media_type();
    return out.plain(200, type, std::move(text).finish());
}

std::span<route const> metrics_routes() noexcept { return metrics_table; }

}  // namespace tokend

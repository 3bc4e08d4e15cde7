#include "web/methods/methods.hpp"

namespace tokend {

void healthz(request_view const&, context&, reply& out) { out.json(200, R"({"status":"ok"})"); }

// A backend's trouble is told, but takes nobody out of service: validation needs none.
void readyz(request_view const&, context& ctx, reply& out)
{
    bool const ready = !ctx.services.draining.load(std::memory_order_relaxed);
    auto& body = ctx.bench.data;
    body.clear();
    body.append(R"({"ready":)").append(ready ? "true" : "false");
    body.append(R"(,"checks":{"server":)").append(ready ? R"("ok")" : R"("stopping")");
    for (auto const& b : ctx.config.authenticator.backends())
    {
        append_json_string(body.append(','), "backend." + b->id());
        body.append(b->healthy() ? R"(:"ok")" : R"(:"unavailable")");
    }
    body.append("}}");
    out.json(ready ? 200 : 503, body.view());
}

}  // namespace tokend

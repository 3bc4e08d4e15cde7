#include "web/methods/methods.hpp"

namespace tokend {

void healthz(request_view const&, context&, reply& out) { out.json(200, R"({"status":"ok"})"); }

// A backend's trouble is told, but takes nobody out of service: validation needs none.
void readyz(request_view const&, context& ctx, reply& out)
{
    bool const stopping = ctx.services.draining.load(std::memory_order_relaxed);
    bool const unwritable = ctx.services.file != nullptr && !ctx.services.file->writable();
    bool const ready = !stopping && !unwritable;
    auto& body = ctx.bench.data;
    body.clear();
    body.append(R"({"ready":)").append(ready ? "true" : "false");
    body.append(R"(,"checks":{"server":)").append(stopping ? R"("stopping")" : R"("ok")");
    if (ctx.services.file != nullptr)
        body.append(R"(,"tokens_file":)").append(unwritable ? R"("unwritable")" : R"("ok")");
    for (auto const& b : ctx.config.authenticator.backends())
    {
        append_json_string(body.append(','), "backend." + b->id());
        body.append(b->healthy() ? R"(:"ok")" : R"(:"unavailable")");
    }
    body.append("}}");
    out.json(ready ? 200 : 503, body.view());
}

}  // namespace tokend

#include "web/methods/methods.hpp"

namespace tokend {
namespace {

void answer(unsigned status, bool ready, reply& out)
{
    out.json(status, ready ? R"({"ready":true})" : R"({"ready":false})");
}

}  // namespace

// The loop turns; that is all a 200 means.
void healthz(request_view const&, context& ctx, reply& out) { answer(200, ctx.services.ready(), out); }

// Not ready from the first sign of stopping on, and while the tokens file cannot be written. A backend's trouble does
// not matter: validation needs none. Strangers learn no more than that.
void readyz(request_view const&, context& ctx, reply& out)
{
    bool const ready = ctx.services.ready();
    answer(ready ? 200 : 503, ready, out);
}

}  // namespace tokend

#include "web/methods/methods.hpp"
#include "web/request_context.hpp"
#include "web/services.hpp"

namespace tokend {
namespace {

answered answer(unsigned status, bool ready, reply& out)
{
    return out.json(status, ready ? R"({"ready":true})" : R"({"ready":false})");
}

}  // namespace

// A 200 means only that the worker answers.
answered healthz(request_view const&, request_context& ctx, reply& out)
{
    return answer(200, ctx.services.ready(), out);
}

// Not ready from the first sign of stopping on, and while the tokens file cannot be written. Backend trouble does not
// make the server unready: validation needs no backend. Strangers learn no more than that.
answered readyz(request_view const&, request_context& ctx, reply& out)
{
    bool const ready = ctx.services.ready();
    return answer(ready ? 200 : 503, ready, out);
}

}  // namespace tokend

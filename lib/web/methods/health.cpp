#include "base/text_buffer.hpp"
#include "web/message/reply.hpp"
#include "web/methods/methods.hpp"
#include "web/request_context.hpp"
#include "web/services.hpp"
#include "web/setup.hpp"

#include <string>

namespace tokend {
namespace {

answered answer(unsigned status, bool ready, reply& out)
{
    return out.json(status, ready ? R"({"ready":true})" : R"({"ready":false})");
}

// {"ready":true,"checks":{"staff":"ok","devices":"unavailable"}}
answered answer_checked(unsigned status, bool ready, request_context const& ctx, reply& out)
{
    std::string body = ready ? R"({"ready":true,"checks":{)" : R"({"ready":false,"checks":{)";
    std::string_view separator;
    for (auto const& b : ctx.config().authenticator.backends())
    {
        // The id of a backend needs no escape in JSON.
        body.append(separator).append("\"").append(b->id()).append(b->healthy() ? R"(":"ok")" : R"(":"unavailable")");
        separator = ",";
    }
    return out.json(status, body.append("}}"));
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

answered checked_healthz(request_view const&, request_context& ctx, reply& out)
{
    return answer_checked(200, ctx.services.ready(), ctx, out);
}

answered checked_readyz(request_view const&, request_context& ctx, reply& out)
{
    bool const ready = ctx.services.ready();
    return answer_checked(ready ? 200 : 503, ready, ctx, out);
}

}  // namespace tokend

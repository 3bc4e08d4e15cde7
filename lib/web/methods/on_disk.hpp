#pragma once

#include "base/task.hpp"
#include "web/reply.hpp"
#include "web/request.hpp"
#include "web/services.hpp"

namespace tokend {

// Waits until what was done for this request is on the disk. Throws std::runtime_error if it cannot be brought there.
// REQUIRES: a commit queue.
task<void> until_on_disk(context& ctx);

// Methods whose good answer goes out when what they did is on the disk.
template <void (*Answer)(request_view const&, context&, reply&)>
task<void> on_disk(request_view const& request, context& ctx, reply& out)
{
    Answer(request, ctx, out);
    if (out.code() == code::ok)
        co_await until_on_disk(ctx);
}
template <task<void> (*Ask)(request_view const&, context&, reply&)>
task<void> on_disk(request_view const& request, context& ctx, reply& out)
{
    co_await Ask(request, ctx, out);
    if (out.code() == code::ok)
        co_await until_on_disk(ctx);
}

}  // namespace tokend

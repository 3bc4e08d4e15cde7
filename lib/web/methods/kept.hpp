#pragma once

#include "base/task.hpp"
#include "web/reply.hpp"
#include "web/request.hpp"
#include "web/services.hpp"

namespace tokend {

// Waits until everything that was done to tokens before this call is in the tokens file, that safe. Returns false if it cannot be
// brought there now. REQUIRES: there is a tokens file.
task<bool> until_kept(context& ctx, durability how);

// The answer to a client whose change of a token may be undone by a crash.
refusal not_kept();

// Lets a good answer go out when what the method did is in the tokens file.
task<void> answer_when_kept(context& ctx, reply const& out);

// Methods of either shape that answer so.
template <void (*Answer)(request_view const&, context&, reply&)>
task<void> kept(request_view const& request, context& ctx, reply& out)
{
    Answer(request, ctx, out);
    co_await answer_when_kept(ctx, out);
}
template <task<void> (*Ask)(request_view const&, context&, reply&)>
task<void> kept(request_view const& request, context& ctx, reply& out)
{
    co_await Ask(request, ctx, out);
    co_await answer_when_kept(ctx, out);
}

}  // namespace tokend

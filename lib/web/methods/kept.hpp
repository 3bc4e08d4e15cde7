#pragma once

#include "base/task.hpp"
#include "web/reply.hpp"
#include "web/request.hpp"
#include "web/services.hpp"

namespace tokend {

// Waits until everything that was done to tokens before this call is in the tokens file, that safe. Returns false if it cannot be
// brought there now; true at once if there is no file.
task<bool> until_kept(context& ctx, durability how);

// The answer to a client whose change of a token may be undone by a crash.
refusal not_kept();

// A method whose good answer goes out when what it did is in the tokens file.
template <void (*Answer)(request_view const&, context&, reply&)>
task<void> kept(request_view const& request, context& ctx, reply& out)
{
    Answer(request, ctx, out);
    if (out.code() != code::ok)
        co_return;
    bool const safe = co_await until_kept(ctx, ctx.services.ends);
    if (!safe)
        throw refused{not_kept()};
}

}  // namespace tokend

#include "base/text.hpp"
#include "web/methods/common.hpp"
#include "web/methods/methods.hpp"

namespace tokend {
namespace {

constexpr std::size_t longest_listing = 1000;  // sessions; who has more sees the oldest

void append_session(text_buffer& out, listed_session const& one, accessor_text const& current)
{
    out.append(R"({"accessor":")").append(one.accessor.view()).append('"');
    out.append(R"(,"issued_at":")").append(write_rfc3339(one.issued_at).view());
    out.append(R"(","expires_at":")").append(write_rfc3339(one.expires_at).view());
    append_json_string(out.append(R"(","unit":)"), one.who.unit);
    append_json_string(out.append(R"(,"client_address":)"), one.who.client_address);
    out.append(R"(,"current":)").append(one.accessor == current ? "true}" : "false}");
}

// Which of the caller's sessions are to go: one of them, or all but the one that asks.
result<void> check_choice(json_reader const& body)
{
    bool const others = body[member::all_others].truth;
    if (others && !body[member::accessor].is_absent())
        return refusal{code::invalid_parameter, name_of(member::all_others), {}};
    return {};
}

}  // namespace

void list_sessions(request_view const& request, context& ctx, reply& out)
{
    auto const token = take_token(request, ctx, {member::token});
    if (!token)
        return out.refuse(token.error());
    auto const& seen = ctx.bench.seen;
    bool const active = inspect(*token, ctx);
    ctx.bench.json.forget();
    if (!active)
        return out.refuse(invalid_token());
    auto& data = ctx.bench.data;
    data.clear();
    data.append(R"({"sessions":[)");
    bool first = true;
    for (auto const& one :
         ctx.services.sessions.list(session_filter::owner(seen.principal), longest_listing, ctx.received))
    {
        append_session(first ? data : data.append(','), one, seen.accessor);
        first = false;
    }
    out.ok(data.append("]}").view());
}

void release_sessions(request_view const& request, context& ctx, reply& out)
{
    auto const token = take_token(request, ctx, {member::token, member::accessor, member::all_others}, check_choice);
    if (!token)
        return out.refuse(token.error());
    auto const& body = ctx.bench.json;
    if (body[member::accessor].is_absent() && !body[member::all_others].truth)
        return out.refuse({code::missing_parameter, name_of(member::accessor), {}});
    if (!inspect(*token, ctx))
        return out.refuse(invalid_token());
    auto const& seen = ctx.bench.seen;
    auto& sessions = ctx.services.sessions;
    auto const released = body[member::all_others].truth
                              ? sessions.release_all(session_filter::owner(seen.principal), ctx.received, &seen)
                              : std::size_t{sessions.release_session(seen, body[member::accessor].text, ctx.received)};
    ctx.bench.json.forget();
    out.ok(R"({"released":)" + std::to_string(released) + "}");
}

}  // namespace tokend

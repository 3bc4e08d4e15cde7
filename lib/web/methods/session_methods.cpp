#include "base/text.hpp"
#include "upkeep/session_slices.hpp"
#include "web/message/parameters.hpp"
#include "web/methods/common.hpp"
#include "web/methods/methods.hpp"
#include "web/worker_state.hpp"

#include <memory>

// A user may have very many sessions, so these methods work in slices. Before the first slice they copy what they need
// of the request and of the scratch.
namespace tokend {
namespace {

constexpr std::size_t usual_limit = 100;  // sessions of a page

void append_session(text_buffer& out, listed_session const& one, accessor_text const& current)
{
    auto const accessor = one.accessor();
    out.append(R"({"accessor":")").append(accessor.view()).append('"');
    out.append(R"(,"issued_at":")").append(write_rfc3339(one.place.issued_at).view());
    out.append(R"(","expires_at":")").append(write_rfc3339(one.expires_at).view());
    append_json_string(out.append(R"(","unit":)"), one.unit);
    append_json_string(out.append(R"(,"client_address":)"), one.client_address);
    out.append(R"(,"current":)").append(accessor == current ? "true}" : "false}");
}

void append_page(text_buffer& out, session_page const& page, accessor_text const& current)
{
    out.append(R"({"sessions":[)");
    bool first = true;
    for (auto const& one : page.sessions())
    {
        append_session(first ? out : out.append(','), one, current);
        first = false;
    }
    if (auto const end = page.end())
        out.append(R"(],"next_cursor":")", write_cursor(*end), R"("})");
    else
        out.append(R"(],"next_cursor":null})");
}

result<void> check_cursor(members const& body)
{
    auto const& cursor = body[member::cursor];
    if (!cursor.is_absent() && !parse_cursor(cursor.text))
        return refusal{code::invalid_parameter, name_of(member::cursor), {}};
    return {};
}

// Checks which sessions of the caller are to be released: one of them, or all but the one that asks.
result<void> check_choice(members const& body)
{
    bool const others = body[member::all_others].truth;
    if (others && !body[member::accessor].is_absent())
        return refusal{code::invalid_parameter, name_of(member::all_others), {}};
    return {};
}

}  // namespace

task<answered> list_sessions(request_view const& request, request_context& ctx, reply& out)
{
    auto const token = take_token(request, ctx, {member::token, member::limit, member::cursor}, check_cursor);
    if (!token)
        co_return out.refuse(token.error());
    auto const& body = ctx.scratch.body;
    auto const limit =
        body[member::limit].is_absent() ? usual_limit : static_cast<std::size_t>(body[member::limit].number);
    auto const behind = parse_cursor(body[member::cursor].text);
    bool const active = inspect(*token, ctx);
    ctx.scratch.forget_body();
    if (!active)
        co_return out.refuse(invalid_token());
    auto const current = ctx.scratch.session.accessor;
    session_choice const own = session_owner::of(ctx.scratch.session.principal);
    auto const page = ctx.services.sessions.begin_page(own, behind, limit, ctx.received);
    co_await complete_in_slices(*page);
    auto& data = ctx.scratch.data;
    data.clear();
    append_page(data, *page, current);
    co_return out.ok(data.view());
}

task<answered> release_sessions(request_view const& request, request_context& ctx, reply& out)
{
    auto const token = take_token(request, ctx, {member::token, member::accessor, member::all_others}, check_choice);
    if (!token)
        co_return out.refuse(token.error());
    auto const& body = ctx.scratch.body;
    bool const others = body[member::all_others].truth;
    if (body[member::accessor].is_absent() && !others)
        co_return out.refuse({code::missing_parameter, name_of(member::accessor), {}});
    if (!inspect(*token, ctx))
        co_return out.refuse(invalid_token());
    auto const& session = ctx.scratch.session;
    auto& sessions = ctx.services.sessions;
    std::size_t released = 0;
    if (!others)
        released += sessions.release_session(session, body[member::accessor].text, ctx.received);
    if (released == 1 && ctx.is_noted())
        ctx.subject().ended_accessor = body[member::accessor].text;
    ctx.scratch.forget_body();
    if (others)
    {
        session_choice own = session_owner::of(session.principal);
        auto own_accessor = std::make_unique<accessor_text>(session.accessor);
        released = co_await release_in_slices(sessions, ctx.services.clock, std::move(own), std::move(own_accessor),
                                              token_end::released);
    }
    if (ctx.is_noted())
        note_ended(released, ctx);
    out.ok(R"({"released":)" + std::to_string(released) + "}");
    co_return answered::when_durable;
}

}  // namespace tokend

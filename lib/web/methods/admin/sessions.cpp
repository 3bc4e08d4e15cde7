#include "base/small_share.hpp"
#include "base/text.hpp"
#include "web/message/parameters.hpp"
#include "web/methods/admin/methods.hpp"
#include "web/methods/common.hpp"
#include "web/worker_state.hpp"

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>

// The sessions of all users. There may be very many, so the table is looked through in slices, and an answer covers a
// part of it. The cursor of the next part is the number of a slot.
namespace tokend {
namespace {

constexpr std::size_t slice = 100;                        // slots between two turns of other clients
constexpr std::size_t most_slots = std::size_t{1} << 22;  // that one answer of a listing covers
constexpr std::size_t usual_limit = 100;                  // sessions of a page

refusal wrong(member m) { return {code::invalid_parameter, name_of(m), {}}; }

struct session_question
{
    session_terms terms;
    std::optional<std::chrono::sys_seconds> idle_since{};
    std::size_t position = 0;
    std::optional<std::size_t> limit{};

    // No term is given.
    bool empty() const { return terms.empty() && !idle_since; }
};

// The time that a member holds, if it is given.
result<std::optional<std::chrono::sys_seconds>> read_time(members const& given, member m)
{
    if (!given.has(m))
        return std::optional<std::chrono::sys_seconds>{};
    auto const time = parse_rfc3339(given[m].text);
    if (!time)
        return wrong(m);
    return time;
}

result<session_terms> read_terms(members const& given)
{
    session_terms terms{.of = {.organisation = std::string{given[member::organisation].text},
                               .username = std::string{given[member::username].text},
                               .unit = std::string{given[member::unit].text},
                               .backend = std::string{given[member::backend].text}}};
    if (given.has(member::client_network))
        if (!(terms.client = network::parse(given[member::client_network].text)))
            return wrong(member::client_network);
    auto const issued_before = read_time(given, member::issued_before);
    if (!issued_before)
        return issued_before.error();
    terms.issued_before = *issued_before;
    return terms;
}

// The position of a cursor; 0 without one.
result<std::size_t> read_cursor(members const& given)
{
    if (!given.has(member::cursor))
        return std::size_t{0};
    auto const position = parse_number(given[member::cursor].text);
    if (!position || *position == 0 || std::to_string(*position) != given[member::cursor].text)
        return wrong(member::cursor);
    return static_cast<std::size_t>(*position);
}

result<session_question> read_question(members const& given)
{
    auto terms = read_terms(given);
    if (!terms)
        return terms.error();
    auto const position = read_cursor(given);
    if (!position)
        return position.error();
    auto const idle_since = read_time(given, member::idle_since);
    if (!idle_since)
        return idle_since.error();
    session_question asked{.terms = *std::move(terms), .idle_since = *idle_since, .position = *position};
    if (given.has(member::limit))
        asked.limit = static_cast<std::size_t>(given[member::limit].number);
    return asked;
}

// Accepts the sessions that the operator may see or end in that role, if their last use was before `idle_since`.
session_walk::judge chosen(session_question const& asked, role r, request_context const& ctx)
{
    return
        [&ctx, may = ctx.permits(), r, since = asked.idle_since](principal_view const& who, token_times const& times) {
            if (!may.allow(r, who.organisation))
                return false;
            if (!since)
                return true;
            auto const used = last_possible_use(rules_of(who, ctx), times, who.not_after);
            return used && *used < *since;
        };
}

void append_session(text_buffer& out, session_walk const& at)
{
    auto const& who = at.who();
    out.append(R"({"accessor":")").append(at.accessor().view());
    append_json_string(out.append(R"(","organisation":)"), who.organisation);
    append_json_string(out.append(R"(,"username":)"), who.username);
    append_json_string(out.append(R"(,"unit":)"), who.unit);
    append_json_string(out.append(R"(,"backend":)"), who.backend);
    append_json_string(out.append(R"(,"client_address":)"), at.client_address());
    out.append(R"(,"issued_at":")").append(write_rfc3339(at.issued_at()).view());
    out.append(R"(","expires_at":")").append(write_rfc3339(at.expires_at()).view()).append(R"("})");
}

void append_cursor(text_buffer& out, session_walk const& at)
{
    if (at.at_end())
        out.append(R"("next_cursor":null)");
    else
        out.append(R"("next_cursor":")").append_number(static_cast<std::int64_t>(at.position())).append('"');
}

}  // namespace

task<answered> find_sessions(request_view const& request, request_context& ctx, reply& out)
{
    query_members const query{request.query};
    auto const checked = check_members(query.all(), {member::organisation, member::username, member::unit,
                                                     member::backend, member::client_network, member::issued_before,
                                                     member::idle_since, member::limit, member::cursor});
    if (!checked)
        co_return out.refuse(checked.error());
    auto asked = read_question(query.all());
    if (!asked)
        co_return out.refuse(asked.error());
    auto const walk =
        ctx.services.sessions.walk(std::move(asked->terms), chosen(*asked, role::viewer, ctx), asked->position);
    if (asked->position >= walk->size())
        co_return out.refuse(wrong(member::cursor));
    text_buffer page{4096};
    page.append(R"({"sessions":[)");
    auto left = asked->limit.value_or(usual_limit);
    bool first = true;
    small_share share;
    for (auto covered = most_slots; covered > 0 && left > 0 && !walk->at_end(); covered -= std::min(covered, slice))
    {
        for (auto slots = slice; left > 0 && walk->next(ctx.received, slots); --left)
        {
            append_session(first ? page : page.append(','), *walk);
            first = false;
        }
        co_await share.step_back();
    }
    append_cursor(page.append("],"), *walk);
    page.append('}');
    co_return out.ok(page.view());
}

// With a limit an answer covers a part: the client sees the progress, and goes on with the cursor. Without one it
// covers all.
task<answered> revoke_sessions(request_view const& request, request_context& ctx, reply& out)
{
    if (auto const body = read_body(request, ctx, true); !body)
        co_return out.refuse(body.error());
    auto const& given = ctx.scratch.body;
    auto const checked = check_members(given, {member::organisation, member::username, member::unit, member::backend,
                                               member::client_network, member::issued_before, member::idle_since,
                                               member::all, member::limit, member::cursor});
    if (!checked)
        co_return out.refuse(checked.error());
    auto asked = read_question(given);
    if (!asked)
        co_return out.refuse(asked.error());
    if (asked->empty() && !given[member::all].truth)
        co_return out.refuse({code::missing_parameter, name_of(member::all), {}});
    if (!asked->empty() && given[member::all].truth)
        co_return out.refuse(wrong(member::all));
    ctx.scratch.forget_body();
    auto& sessions = ctx.services.sessions;
    auto const walk = sessions.walk(std::move(asked->terms), chosen(*asked, role::operator_, ctx), asked->position);
    if (asked->position >= walk->size())
        co_return out.refuse(wrong(member::cursor));
    auto const most = asked->limit.value_or(walk->size());
    std::size_t released = 0;
    small_share share;
    while (released < most && !walk->at_end())
    {
        for (auto slots = slice; released < most && walk->next(ctx.services.clock.now(), slots);)
            released += sessions.release_session(walk->key(), ctx.services.clock.now());
        co_await share.step_back();
    }
    ctx.subject().ended = released;
    text_buffer answer{256};
    answer.append(R"({"released":)").append_number(static_cast<std::int64_t>(released));
    if (asked->limit)
    {
        append_cursor(answer.append(','), *walk);
        answer.append(R"(,"looked_at":)").append_number(static_cast<std::int64_t>(walk->position()));
        answer.append(R"(,"of":)").append_number(static_cast<std::int64_t>(walk->size()));
    }
    answer.append('}');
    out.ok(answer.view());
    co_return answered::when_durable;
}

// The session of another organisation is answered like one that does not exist.
answered revoke_session(request_view const&, request_context& ctx, reply& out)
{
    auto& session = ctx.scratch.session;
    auto const accessor = ctx.match.segment;
    bool const is_known = ctx.services.sessions.look_up(accessor, ctx.received, session) &&
                          ctx.permits().allow(role::operator_, session.principal.organisation);
    if (is_known)
        ctx.name_session(session);
    bool const released = is_known && ctx.services.sessions.release_session(accessor, ctx.received);
    note_ended(released ? 1 : 0, ctx);
    out.ok(released ? R"({"released":1})" : R"({"released":0})");
    return answered::when_durable;
}

}  // namespace tokend

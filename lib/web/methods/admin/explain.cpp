#include "base/address.hpp"
#include "base/text_buffer.hpp"
#include "http/request.hpp"
#include "web/message/parameters.hpp"
#include "web/methods/admin/methods.hpp"
#include "web/methods/common.hpp"
#include "web/setup.hpp"
#include "web/worker_state.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace tokend {
namespace {

void append_texts(text_buffer& out, std::string_view name, std::vector<std::string> const& texts)
{
    out.append(R"(,")").append(name).append(R"(":[)");
    for (std::size_t i = 0; i < texts.size(); ++i)
        append_json_string(i == 0 ? out : out.append(','), texts[i]);
    out.append(']');
}

void append_user(text_buffer& out, explanation const& all)
{
    if (all.backend.empty())
    {
        out.append(R"(,"user":null)");
        return;
    }
    append_json_string(out.append(R"(,"user":{"username":)"), all.who.username);
    append_json_string(out.append(R"(,"backend":)"), all.backend);
    append_json_string(out.append(R"(,"unit":)"), all.unit);
    append_texts(out, "units", all.who.units);
    append_texts(out, "groups", all.who.groups);
    out.append('}');
}

void append_step(text_buffer& out, explanation::step const& one)
{
    using std::chrono::duration_cast;
    append_json_string(out.append(R"({"step":)"), one.name);
    out.append(R"(,"passed":)").append(one.passed ? "true" : "false");
    append_json_string(out.append(R"(,"says":)"), one.says);
    if (!one.backend.empty())
    {
        append_json_string(out.append(R"(,"backend":)"), one.backend);
        append_json_string(out.append(R"(,"verdict":)"), one.verdict);
        out.append(R"(,"us":)").append_number(duration_cast<std::chrono::microseconds>(one.took).count());
        append_texts(out, "did", one.did);
    }
    out.append('}');
}

void append(text_buffer& out, explanation const& all)
{
    out.append(R"({"accepted":)").append(all.refused ? "false" : "true");
    append_json_string(out.append(R"(,"code":)"), to_string(all.refused ? all.refused->code : code::ok));
    append_json_string(out.append(R"(,"reason":)"), all.refused ? all.refused->reason : std::string{});
    out.append(R"(,"secret_checked":)").append(all.secret_was_given ? "true" : "false");
    append_user(out, all);
    out.append(R"(,"steps":[)");
    for (std::size_t i = 0; i < all.steps.size(); ++i)
        append_step(i == 0 ? out : out.append(','), all.steps[i]);
    out.append("]}");
}

// The client on whose behalf the operator asks; its address may be missing.
result<asker> read_asker(members const& given, request_context const& ctx)
{
    asker from;
    from.client_address = given[member::client_address].text;
    from.request_id = ctx.request_id;
    if (given.has(member::client_address) && from.client_address != "unix")
        if (!(from.address = ip_address::parse(from.client_address)))
            return refusal{code::invalid_parameter, name_of(member::client_address), "no address"};
    return from;
}

}  // namespace

// POST /admin/v1/explain
task<answered> explain_login(request_view const& request, request_context& ctx, reply& out)
{
    if (auto const body = read_body(request, ctx, false); !body)
        co_return out.refuse(body.error());
    auto const& given = ctx.scratch.body;
    auto const checked = check_members(given, {member::username, member::password, member::access_token_identifier,
                                               member::authentication_code, member::identifier, member::pass_code,
                                               member::organisation, member::unit, member::client_address});
    if (!checked)
        co_return out.refuse(checked.error());
    auto login = read_credentials(given, secret_use::optional);
    if (!login)
        co_return out.refuse(login.error());
    auto from = read_asker(given, ctx);
    if (!from)
        co_return out.refuse(from.error());
    ctx.scratch.forget_body();
    ctx.name_user(login->organisation, login->name);
    if (!ctx.permits().allow(role::operator_, login->organisation))
        co_return out.refuse({code::forbidden, {}, "an operator of other organisations"});
    auto const all = co_await ctx.config().authenticator.explain(*std::move(login), *std::move(from));
    text_buffer data{2048};
    append(data, all);
    co_return out.ok(data.view());
}

}  // namespace tokend

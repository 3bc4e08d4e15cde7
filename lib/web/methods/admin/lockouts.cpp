#include "base/text.hpp"
#include "http/request.hpp"
#include "web/methods/admin/methods.hpp"
#include "web/request_context.hpp"
#include "web/setup.hpp"
#include "web/worker_state.hpp"

#include <string>

namespace tokend {
namespace {

constexpr std::size_t most_listed = 1000;

std::string_view level_of(locked_out const& one) noexcept { return one.network.empty() ? "name" : "network"; }

void append(text_buffer& out, locked_out const& one)
{
    append_json_string(out.append(R"({"organisation":)"), one.organisation);
    append_json_string(out.append(R"(,"username":)"), one.name);
    append_json_string(out.append(R"(,"level":)"), level_of(one));
    append_json_string(out.append(R"(,"network":)"), one.network);
    out.append(R"(,"seconds":)").append_number(one.left.count()).append('}');
}

answered answer_unlocked(std::size_t count, request_context& ctx, reply& out)
{
    if (count == 0)
        ctx.outcome.reason = "no such lock-out";
    return out.ok(R"({"unlocked":)" + std::to_string(count) + "}");
}

}  // namespace

// The longest lock-outs come first.
answered list_lockouts(request_view const&, request_context& ctx, reply& out)
{
    auto const may_see = [&](locked_out const& one) { return ctx.permits().allow(role::viewer, one.organisation); };
    auto const found =
        ctx.config().authenticator.failures().list(most_listed, may_see, std::chrono::steady_clock::now());
    text_buffer page{1024};
    page.append(R"({"lockouts":[)");
    for (std::size_t i = 0; i < found.size(); ++i)
        append(i == 0 ? page : page.append(','), found[i]);
    page.append("]}");
    return out.ok(page.view());
}

answered unlock_all(request_view const&, request_context& ctx, reply& out)
{
    auto const is_chosen = [&](locked_out const& one) {
        return ctx.permits().allow(role::operator_, one.organisation);
    };
    return answer_unlocked(ctx.config().authenticator.failures().unlock(is_chosen, std::chrono::steady_clock::now()),
                           ctx, out);
}

answered unlock(request_view const&, request_context& ctx, reply& out)
{
    auto const slash = ctx.match.segment.find('/');
    auto const organisation = decode_segment(ctx.match.segment.substr(0, slash));
    auto const name = decode_segment(ctx.match.segment.substr(slash + 1));
    if (!is_utf8(organisation) || !is_utf8(name))
        return out.refuse({code::not_found, {}, "a name that is not UTF-8"});
    ctx.name_user(organisation, name);
    auto const wanted = fold_name(name);
    auto const is_chosen = [&](locked_out const& one) {
        return one.name == wanted && equal_folded(one.organisation, organisation) &&
               ctx.permits().allow(role::operator_, one.organisation);
    };
    return answer_unlocked(ctx.config().authenticator.failures().unlock(is_chosen, std::chrono::steady_clock::now()),
                           ctx, out);
}

}  // namespace tokend

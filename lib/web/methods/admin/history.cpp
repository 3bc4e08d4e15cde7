#include "base/text.hpp"
#include "web/message/parameters.hpp"
#include "web/methods/admin/methods.hpp"
#include "web/methods/common.hpp"
#include "web/request_history.hpp"
#include "web/worker_state.hpp"

// What was counted in each of the last 300 seconds.
namespace tokend {
namespace {

void append_series(text_buffer& out, request_history::excerpt const& found, std::size_t kind)
{
    append_json_string(out.append(','), plural_of(static_cast<request_kind>(kind)));
    out.append(":[");
    for (std::size_t i = 0; i < found.counts.size(); ++i)
        (i == 0 ? out : out.append(',')).append_number(found.counts[i][kind]);
    out.append(']');
}

}  // namespace

// GET /admin/v1/history?since=
answered show_history(request_view const& request, request_context& ctx, reply& out)
{
    if (!ctx.permits().allow_everywhere(role::viewer))
        return out.refuse({code::forbidden, {}, "the counts concern all organisations"});
    query_members const query{request.query};
    if (auto const checked = check_members(query.all(), {member::since}); !checked)
        return out.refuse(checked.error());
    request_history::second since{};
    if (query.all().has(member::since))
    {
        auto const given = parse_rfc3339(query.all()[member::since].text);
        if (!given)
            return out.refuse({code::invalid_parameter, name_of(member::since), {}});
        since = *given;
    }
    auto const found = ctx.services.history.after(since).value_or(
        request_history::excerpt{.until = whole_seconds(ctx.received), .counts = {}, .validation_p99 = {}});
    text_buffer data{8192};
    data.append(R"({"until":")", write_rfc3339(found.until).view(), '"');
    for (std::size_t k = 0; k < request_kinds; ++k)
        append_series(data, found, k);
    data.append(R"(,"validation_p99_us":)");
    if (found.validation_p99)
        data.append_number(found.validation_p99->count());
    else
        data.append("null");
    return out.ok(data.append('}').view());
}

}  // namespace tokend

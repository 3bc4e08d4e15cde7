#include "base/small_share.hpp"
#include "base/text.hpp"
#include "base/top_counts.hpp"
#include "web/message/parameters.hpp"
#include "web/methods/admin/methods.hpp"
#include "web/methods/common.hpp"
#include "web/request_metrics.hpp"
#include "web/worker_state.hpp"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

// Who has all these tokens: a walk over all of them that counts, for each answer.
namespace tokend {
namespace {

constexpr std::size_t slice = 100;      // slots between two turns of other clients
constexpr std::size_t counters = 2000;  // of users, and of networks; so a count is at most 1/2000 of all too high
constexpr std::size_t usual_top = 20;
constexpr char between = issue_counts::between;  // in a name that is made of several; none of them holds it

struct census
{
    std::uint64_t total = 0;
    top_counts organisations{counters};
    top_counts backends{counters};
    top_counts users{counters};
    top_counts networks{counters};

    void add(session_walk const& at)
    {
        auto const& who = at.who();
        auto const address = ip_address::parse(at.client_address());
        ++total;
        organisations.add(who.organisation);
        backends.add(who.backend);
        name_.assign(who.organisation).append(1, between).append(who.username);
        users.add(name_);
        networks.add(address ? network_of_client(*address).text() : std::string{at.client_address()});
    }

private:
    std::string name_;
};

// A list of objects: the first member has the name, or, if it is made of two, the first two have them.
void append_rows(text_buffer& out, std::string_view title, std::vector<top_counts::row> const& rows, std::size_t top,
                 std::initializer_list<std::string_view> members, std::string_view count)
{
    append_json_string(out.append(','), title);
    out.append(":[");
    for (std::size_t i = 0; i < std::min(top, rows.size()); ++i)
    {
        std::string_view rest = rows[i].name;
        out.append(i == 0 ? "{" : ",{");
        for (auto const member : members)
        {
            auto const part = rest.substr(0, rest.find(between));
            rest.remove_prefix(std::min(part.size() + 1, rest.size()));
            append_json_string(out, member);
            append_json_string(out.append(':'), part);
            out.append(',');
        }
        append_json_string(out, count);
        out.append(':').append_number(static_cast<std::int64_t>(rows[i].count));
        out.append(R"(,"error":)").append_number(static_cast<std::int64_t>(rows[i].error)).append('}');
    }
    out.append(']');
}

void append_rows(text_buffer& out, std::string_view title, top_counts const& from, std::size_t top,
                 std::initializer_list<std::string_view> members)
{
    append_rows(out, title, from.rows(), top, members, "live");
}

std::uint64_t total_of(std::map<std::string, std::uint64_t> const& counts)
{
    std::uint64_t sum = 0;
    for (auto const& [name, count] : counts)
        sum += count;
    return sum;
}

std::vector<top_counts::row> sorted(std::map<std::string, std::uint64_t> const& counts)
{
    std::vector<top_counts::row> rows;
    for (auto const& [name, count] : counts)
        rows.push_back({name, count, 0});
    std::ranges::stable_sort(rows, std::greater{}, &top_counts::row::count);
    return rows;
}

// What was issued since the start, in the organisations that the operator may see. The workers count their logins by
// organisation and backend anyway.
void append_issued(text_buffer& out, request_context const& ctx, std::size_t top)
{
    auto const may_see = [may = ctx.permits()](std::string_view name) {
        return may.allow(role::viewer, name.substr(0, name.find(between)));
    };
    request_metrics::login_counts logins;
    for (auto const* const of : ctx.services.metrics)
        of->add_logins(logins);
    std::map<std::string, std::uint64_t> organisations;
    std::map<std::string, std::uint64_t> backends;
    for (auto const& [key, count] : logins)
    {
        auto const& [organisation, backend, result] = key;
        if (result != code::ok || !may_see(organisation))
            continue;
        organisations[organisation] += count;
        backends[organisation + between + backend] += count;
    }
    auto const append = [&](std::string_view title, std::vector<top_counts::row> const& rows,
                            std::initializer_list<std::string_view> members) {
        append_rows(out, title, rows, top, members, "issued");
    };
    auto const& issued = ctx.services.issued;
    out.append(R"(,"issued":{"total":)").append_number(static_cast<std::int64_t>(total_of(organisations)));
    append("organisations", sorted(organisations), {"organisation"});
    append("backends", sorted(backends), {"organisation", "backend"});
    append("users", issued.rows(issue_counts::kind::user, may_see), {"organisation", "username"});
    append("networks", issued.rows(issue_counts::kind::network, may_see), {"organisation", "network"});
    out.append('}');
}

}  // namespace

task<answered> show_stats(request_view const& request, request_context& ctx, reply& out)
{
    query_members const query{request.query};
    if (auto const checked = check_members(query.all(), {member::top}); !checked)
        co_return out.refuse(checked.error());
    auto const top =
        query.all().has(member::top) ? static_cast<std::size_t>(query.all()[member::top].number) : usual_top;
    auto const found = std::make_unique<census>();
    auto const walk =
        ctx.services.sessions.walk({}, [may = ctx.permits()](principal_view const& who, token_times const&) {
            return may.allow(role::viewer, who.organisation);
        });
    small_share share;
    while (!walk->at_end())
    {
        for (auto slots = slice; walk->next(ctx.received, slots);)
            found->add(*walk);
        co_await share.step_back();
    }
    text_buffer data{4096};
    data.append(R"({"live":)").append_number(static_cast<std::int64_t>(found->total));
    append_rows(data, "organisations", found->organisations, top, {"organisation"});
    append_rows(data, "backends", found->backends, top, {"backend"});
    append_rows(data, "users", found->users, top, {"organisation", "username"});
    append_rows(data, "networks", found->networks, top, {"network"});
    append_issued(data, ctx, top);
    data.append('}');
    co_return out.ok(data.view());
}

}  // namespace tokend

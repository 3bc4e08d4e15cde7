#include "command_functions.hpp"
#include "failure.hpp"
#include "output.hpp"
#include "tokend_client.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/program_options/value_semantic.hpp>

#include <array>
#include <cstdint>
#include <iostream>
#include <limits>
#include <string>
#include <utility>

namespace po = boost::program_options;

// The commands for a running tokend.
namespace tokend {
namespace {

// What the options of these commands say in all of them.
struct remote
{
    tokend_client tokend;
    output_format format;
};

remote connect(command_line const& given) { return {connect_to_admin(given), read_format(given)}; }

// An option that chooses sessions, and the member that tokend knows it by.
struct term
{
    char const* option;
    char const* member;
    char const* value;
    char const* what;
};
constexpr std::array terms{
    term{"organisation", "organisation", "NAME", "of this organisation, in any case"},
    term{"user", "username", "NAME", "of the user whom the backend spells so"},
    term{"unit", "unit", "U", "for this unit"},
    term{"backend", "backend", "ID", "of users whom this backend accepted"},
    term{"client-network", "client_network", "NETWORK",
         "that clients of this network asked for: 192.0.2.7, 10.0.0.0/8"},
    term{"issued-before", "issued_before", "TIME", "that are older: 2026-11-30T08:00:00Z"},
    term{"idle-since", "idle_since", "TIME", "with a sliding lifetime, that were surely not used since"},
};

void add_term_options(option_list& to)
{
    for (auto const& one : terms)
        add_text_option(to, one.option, one.value, one.what);
}

boost::json::object read_terms(command_line const& given)
{
    boost::json::object chosen;
    for (auto const& one : terms)
        if (given.has(one.option))
        {
            if (given.text(one.option).empty())
                throw failure{exit_code::usage, std::string{"--"} + one.option + " is empty; leave it out for all"};
            chosen[one.member] = given.text(one.option);
        }
    return chosen;
}

std::string query_of(boost::json::object const& terms_given)
{
    std::string query;
    for (auto const& [name, value] : terms_given)
        query.append(query.empty() ? "?" : "&")
            .append(name)
            .append("=")
            .append(encode_component(std::string{value.as_string()}));
    return query;
}

std::string next_cursor(boost::json::object const& data)
{
    auto const& cursor = data.at("next_cursor");
    return cursor.is_string() ? std::string{cursor.as_string()} : std::string{};
}

std::uint64_t revoke_in_parts(tokend_client const& tokend, boost::json::object body)
{
    progress_bar progress;
    std::uint64_t released = 0;
    body["limit"] = 1000;
    for (;;)
    {
        auto const data = tokend.post("/admin/v1/sessions/revoke", body);
        released += static_cast<std::uint64_t>(data.at("released").as_int64());
        auto const cursor = next_cursor(data);
        if (cursor.empty())
            return released;
        progress.show(static_cast<double>(data.at("looked_at").as_int64()) /
                          static_cast<double>(data.at("of").as_int64()),
                      std::to_string(released) + " released");
        body["cursor"] = cursor;
    }
}

void say(remote const& to, std::string const& sentence, boost::json::object const& data)
{
    std::cout << (to.format == output_format::json ? serialize(data) : sentence) << '\n';
}

constexpr std::array<table_column, 8> backend_columns{{{"BACKEND", "name"},
                                                       {"PLUGIN", "plugin"},
                                                       {"HEALTHY", "healthy"},
                                                       {"BREAKER", "breaker"},
                                                       {"WAITING", "in_flight"},
                                                       {"QUEUED", "queued"},
                                                       {"ORGANISATIONS", "organisations"},
                                                       {"REASON", "reason"}}};

}  // namespace

void add_operator_options(option_list& to)
{
    add_admin_options(to);
    add_format_option(to);
}

void add_sessions_options(option_list& to)
{
    add_operator_options(to);
    add_term_options(to);
    to.add_options()("limit", po::value<std::uint64_t>()->value_name("N"), "at most so many sessions");
}

void list_sessions(command_line const& given)
{
    auto const to = connect(given);
    auto query = read_terms(given);
    auto left = given.has("limit") ? given.number("limit") : std::numeric_limits<std::uint64_t>::max();
    row_printer rows{to.format,
                     {{"ACCESSOR", "accessor"},
                      {"ORGANISATION", "organisation"},
                      {"USER", "username"},
                      {"UNIT", "unit"},
                      {"BACKEND", "backend"},
                      {"CLIENT", "client_address"},
                      {"ISSUED", "issued_at"},
                      {"EXPIRES", "expires_at"}}};
    while (left > 0)
    {
        query["limit"] = std::to_string(std::min<std::uint64_t>(left, 1000));
        auto const data = to.tokend.call("GET", "/admin/v1/sessions" + query_of(query));
        auto const& page = data.at("sessions").as_array();
        rows.print(page);
        left -= std::min<std::uint64_t>(left, page.size());
        auto const cursor = next_cursor(data);
        if (cursor.empty())
            return;
        query["cursor"] = cursor;
    }
}

void add_revoke_options(option_list& to)
{
    add_operator_options(to);
    add_term_options(to);
    to.add_options()("all", "every session; instead of terms");
}

void revoke(command_line const& given)
{
    auto const to = connect(given);
    auto body = read_terms(given);
    bool const has_terms = !body.empty();
    if ((given.has("ACCESSOR") ? 1 : 0) + (has_terms ? 1 : 0) + (given.has("all") ? 1 : 0) != 1)
        throw failure{exit_code::usage,
                      "an accessor, terms such as --organisation ACME, or --all: one of these was meant"};
    if (given.has("ACCESSOR"))
    {
        auto const data = to.tokend.call("DELETE", "/admin/v1/sessions/" + encode_component(given.text("ACCESSOR")));
        if (data.at("released") == 0)
            throw failure{exit_code::refused, "there is no live session " + given.text("ACCESSOR")};
        return say(to, "released 1 session", data);
    }
    if (!has_terms)
        body["all"] = true;
    auto const released = revoke_in_parts(to.tokend, std::move(body));
    say(to, "released " + std::to_string(released) + (released == 1 ? " session" : " sessions"),
        {{"released", released}});
}

void list_lockouts(command_line const& given)
{
    auto const to = connect(given);
    row_printer rows{to.format,
                     {{"ORGANISATION", "organisation"},
                      {"USER", "username"},
                      {"LEVEL", "level"},
                      {"NETWORK", "network"},
                      {"SECONDS", "seconds"}}};
    rows.print(to.tokend.call("GET", "/admin/v1/lockouts").at("lockouts").as_array());
}

void add_unlock_options(option_list& to)
{
    add_operator_options(to);
    to.add_options()("all", "every name; instead of ORGANISATION and NAME");
}

void unlock(command_line const& given)
{
    if (given.has("all") == given.has("NAME") || given.has("ORGANISATION") != given.has("NAME"))
        throw failure{exit_code::usage, "ORGANISATION and NAME, or --all: one of these was meant"};
    auto const to = connect(given);
    auto const whose = given.has("all") ? std::string{}
                                        : '/' + encode_component(given.text("ORGANISATION")) + '/' +
                                              encode_component(given.text("NAME"));
    auto const data = to.tokend.call("DELETE", "/admin/v1/lockouts" + whose);
    auto const count = data.at("unlocked").as_int64();
    if (count == 0 && !given.has("all"))
        throw failure{exit_code::refused, given.text("NAME") + " is not locked out at " + given.text("ORGANISATION")};
    say(to, "unlocked " + std::to_string(count), data);
}

void list_backends(command_line const& given)
{
    auto const to = connect(given);
    row_printer rows{to.format, {backend_columns.begin(), backend_columns.end()}};
    rows.print(to.tokend.call("GET", "/admin/v1/backends").at("backends").as_array());
}

void test_backend(command_line const& given)
{
    auto const to = connect(given);
    auto const data = to.tokend.post("/admin/v1/backends/" + encode_component(given.text("BACKEND")) + "/test");
    row_printer rows{to.format, {backend_columns.begin(), backend_columns.end()}};
    rows.print({data});
    if (!data.at("healthy").as_bool())
        throw failure{exit_code::unavailable, given.text("BACKEND") + " cannot answer now"};
}

void add_top_options(option_list& to)
{
    add_operator_options(to);
    to.add_options()("top", po::value<std::uint64_t>()->value_name("N"), "so many of each; 20 if not given");
}

void show_top(command_line const& given)
{
    auto const to = connect(given);
    auto const data = to.tokend.call(
        "GET", "/admin/v1/stats" + (given.has("top") ? "?top=" + std::to_string(given.number("top")) : std::string{}));
    if (to.format == output_format::json)
        return say(to, {}, data);
    std::cout << "live tokens: " << data.at("live") << '\n';
    auto const print = [&](boost::json::object const& from, char const* list, std::vector<table_column> columns) {
        std::cout << '\n';
        row_printer{to.format, std::move(columns)}.print(from.at(list).as_array());
    };
    table_column const error{"ERROR", "error"};
    table_column const organisation{"ORGANISATION", "organisation"};
    print(data, "organisations", {{"LIVE", "live"}, organisation});
    print(data, "backends", {{"LIVE", "live"}, {"BACKEND", "backend"}});
    print(data, "users", {{"LIVE", "live"}, error, organisation, {"USER", "username"}});
    print(data, "networks", {{"LIVE", "live"}, error, {"NETWORK", "network"}});
    auto const& issued = data.at("issued").as_object();
    std::cout << "\nissued since the start of tokend: " << issued.at("total") << '\n';
    print(issued, "organisations", {{"ISSUED", "issued"}, organisation});
    print(issued, "backends", {{"ISSUED", "issued"}, organisation, {"BACKEND", "backend"}});
    print(issued, "users", {{"ISSUED", "issued"}, error, organisation, {"USER", "username"}});
    print(issued, "networks", {{"ISSUED", "issued"}, error, organisation, {"NETWORK", "network"}});
}

void show_configuration(command_line const& given)
{
    auto const to = connect(given);
    auto const data = to.tokend.call("GET", "/admin/v1/config");
    std::cout << (to.format == output_format::json ? serialize(data) + '\n'
                                                   : std::string{data.at("configuration").as_string()});
}

void reload(command_line const& given)
{
    auto const to = connect(given);
    auto const data = to.tokend.post("/admin/v1/reload");
    if (data.at("reloaded").as_bool())
        return say(to, "reloaded", data);
    if (to.format == output_format::json)
        std::cout << data << '\n';
    std::string what = "not reloaded, all stays as it was";
    for (auto const& mistake : data.at("mistakes").as_array())
        what.append("\n").append(mistake.as_string());
    throw failure{exit_code::refused, what};
}

void show_health(command_line const& given)
{
    auto const to = connect(given);
    auto const [status, body] = to.tokend.get("/readyz");
    boost::system::error_code wrong;
    auto const parsed = boost::json::parse(body, wrong);
    if (wrong || !parsed.is_object() || !parsed.as_object().contains("ready"))
        throw failure{exit_code::unavailable, "what answers is no tokend: HTTP status " + std::to_string(status)};
    auto const& data = parsed.as_object();
    std::string text = data.at("ready").as_bool() ? "ready" : "not ready";
    if (data.contains("checks"))  // only a listener for operators or metrics names the backends
        for (auto const& [backend, state] : data.at("checks").as_object())
            text.append("\n").append(backend).append(": ").append(state.as_string());
    say(to, text, data);
    if (status != 200)
        throw failure{exit_code::unavailable, "tokend is not ready"};
}

}  // namespace tokend

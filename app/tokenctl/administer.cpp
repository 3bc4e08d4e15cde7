#include "admin_client.hpp"
#include "command_line.hpp"
#include "failure.hpp"
#include "output.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/program_options/options_description.hpp>

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
    admin_client tokend;
    output_format format;
};

po::options_description make_options()
{
    po::options_description options{"Options", 100};
    add_admin_options(options);
    add_format_option(options);
    add_help_option(options);
    return options;
}

remote connect(command_line const& given) { return {admin_client{read_admin_address(given)}, read_format(given)}; }

constexpr std::array<std::pair<char const*, char const*>, 6> terms{{
    {"organisation", "organisation"},
    {"user", "username"},
    {"unit", "unit"},
    {"backend", "backend"},
    {"client-network", "client_network"},
    {"issued-before", "issued_before"},
}};

void add_term_options(po::options_description& to)
{
    auto const text = [](char const* what) { return po::value<std::string>()->value_name(what); };
    to.add_options()("organisation", text("NAME"), "of this organisation, in any case")(
        "user", text("NAME"), "of the user whom the backend spells so")("unit", text("U"), "for this unit")(
        "backend", text("ID"), "of users whom this backend accepted")(
        "client-network", text("NETWORK"), "that clients of this network asked for: 192.0.2.7, 10.0.0.0/8")(
        "issued-before", text("TIME"), "that are older: 2026-11-30T08:00:00Z");
}

boost::json::object read_terms(command_line const& given)
{
    boost::json::object chosen;
    for (auto const& [option, member] : terms)
        if (given.has(option))
        {
            if (given.text(option).empty())
                throw failure{exit_code::usage, std::string{"--"} + option + " is empty; leave it out for all"};
            chosen[member] = given.text(option);
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

std::uint64_t revoke_in_parts(admin_client const& tokend, boost::json::object body)
{
    progress_bar progress;
    std::uint64_t released = 0;
    body["limit"] = 1000;
    for (;;)
    {
        auto const data = tokend.call("POST", "/admin/v1/sessions/revoke", body);
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

void list_sessions(arguments const& words)
{
    auto options = make_options();
    add_term_options(options);
    options.add_options()("limit", po::value<std::uint64_t>()->value_name("N"), "at most so many sessions");
    if (wants_help(words,
                   "Usage: tokenctl sessions [OPTION]...\n"
                   "Shows the live sessions that fulfil all options, as they stand in the table.\n",
                   options))
        return;
    command_line const given{words, options, {}};
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

void revoke(arguments const& words)
{
    auto options = make_options();
    add_term_options(options);
    options.add_options()("all", "every session; instead of terms");
    if (wants_help(words,
                   "Usage: tokenctl revoke [OPTION]... ACCESSOR\n"
                   "       tokenctl revoke [OPTION]... TERM...\n"
                   "Ends one session, or all that fulfil the terms. Their tokens are invalid at once.\n",
                   options))
        return;
    command_line const given{words, options, {}, {"ACCESSOR"}};
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

void list_lockouts(arguments const& words)
{
    auto const options = make_options();
    if (wants_help(words,
                   "Usage: tokenctl lockouts [OPTION]...\n"
                   "Shows the names that are locked out, the longest lock-outs first, up to 1000.\n",
                   options))
        return;
    auto const to = connect({words, options, {}});
    row_printer rows{to.format,
                     {{"ORGANISATION", "organisation"},
                      {"USER", "username"},
                      {"LEVEL", "level"},
                      {"NETWORK", "network"},
                      {"SECONDS", "seconds"}}};
    rows.print(to.tokend.call("GET", "/admin/v1/lockouts").at("lockouts").as_array());
}

void unlock(arguments const& words)
{
    auto options = make_options();
    options.add_options()("all", "every name; instead of ORGANISATION and NAME");
    if (wants_help(words,
                   "Usage: tokenctl lockouts unlock [OPTION]... ORGANISATION NAME\n"
                   "       tokenctl lockouts unlock [OPTION]... --all\n"
                   "Ends the lock-outs of a name, and forgets its failed logins.\n",
                   options))
        return;
    command_line const given{words, options, {}, {"ORGANISATION", "NAME"}};
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

void list_backends(arguments const& words)
{
    auto const options = make_options();
    if (wants_help(words, "Usage: tokenctl backends [OPTION]...\nShows the backends and how they are.\n", options))
        return;
    auto const to = connect({words, options, {}});
    row_printer rows{to.format, {backend_columns.begin(), backend_columns.end()}};
    rows.print(to.tokend.call("GET", "/admin/v1/backends").at("backends").as_array());
}

void test_backend(arguments const& words)
{
    auto const options = make_options();
    if (wants_help(words,
                   "Usage: tokenctl test [OPTION]... BACKEND\n"
                   "Asks a backend whether it can answer now.\n",
                   options))
        return;
    command_line const given{words, options, {"BACKEND"}};
    auto const to = connect(given);
    auto const data = to.tokend.call("POST", "/admin/v1/backends/" + encode_component(given.text("BACKEND")) + "/test");
    row_printer rows{to.format, {backend_columns.begin(), backend_columns.end()}};
    rows.print({data});
    if (!data.at("healthy").as_bool())
        throw failure{exit_code::unavailable, given.text("BACKEND") + " cannot answer now"};
}

void show_top(arguments const& words)
{
    auto options = make_options();
    options.add_options()("top", po::value<std::uint64_t>()->value_name("N"), "so many of each; 20 if not given");
    if (wants_help(
            words,
            "Usage: tokenctl top [OPTION]...\n"
            "Shows who has the live tokens: organisations, backends, users and networks. Where there are more than\n"
            "2000 users or networks, a count may be too high by the number in the column ERROR.\n",
            options))
        return;
    command_line const given{words, options, {}};
    auto const to = connect(given);
    auto const data = to.tokend.call(
        "GET", "/admin/v1/stats" + (given.has("top") ? "?top=" + std::to_string(given.number("top")) : std::string{}));
    if (to.format == output_format::json)
        return say(to, {}, data);
    std::cout << "live tokens: " << data.at("live") << '\n';
    auto const print = [&](char const* list, std::vector<table_column> columns) {
        std::cout << '\n';
        row_printer{to.format, std::move(columns)}.print(data.at(list).as_array());
    };
    print("organisations", {{"LIVE", "live"}, {"ORGANISATION", "organisation"}});
    print("backends", {{"LIVE", "live"}, {"BACKEND", "backend"}});
    print("users", {{"LIVE", "live"}, {"ERROR", "error"}, {"ORGANISATION", "organisation"}, {"USER", "username"}});
    print("networks", {{"LIVE", "live"}, {"ERROR", "error"}, {"NETWORK", "network"}});
}

void show_configuration(arguments const& words)
{
    auto const options = make_options();
    if (wants_help(words,
                   "Usage: tokenctl config [OPTION]...\n"
                   "Prints the configuration that runs, as `tokend --print-config` does.\n",
                   options))
        return;
    auto const to = connect({words, options, {}});
    auto const data = to.tokend.call("GET", "/admin/v1/config");
    std::cout << (to.format == output_format::json ? serialize(data) + '\n'
                                                   : std::string{data.at("configuration").as_string()});
}

void reload(arguments const& words)
{
    auto const options = make_options();
    if (wants_help(words,
                   "Usage: tokenctl reload [OPTION]...\n"
                   "Lets tokend read its configuration again. With a mistake all stays as it was.\n",
                   options))
        return;
    auto const to = connect({words, options, {}});
    auto const data = to.tokend.call("POST", "/admin/v1/reload");
    if (data.at("reloaded").as_bool())
        return say(to, "reloaded", data);
    if (to.format == output_format::json)
        std::cout << data << '\n';
    std::string what = "not reloaded, all stays as it was";
    for (auto const& mistake : data.at("mistakes").as_array())
        what.append("\n").append(mistake.as_string());
    throw failure{exit_code::refused, what};
}

void show_health(arguments const& words)
{
    auto const options = make_options();
    if (wants_help(words,
                   "Usage: tokenctl health [OPTION]...\n"
                   "Tells whether tokend is ready, and how each backend is.\n",
                   options))
        return;
    auto const to = connect({words, options, {}});
    auto const [status, body] = to.tokend.get("/readyz");
    auto const data = boost::json::parse(body).as_object();
    std::string text = data.at("ready").as_bool() ? "ready" : "not ready";
    for (auto const& [backend, state] : data.at("checks").as_object())
        text.append("\n").append(backend).append(": ").append(state.as_string());
    say(to, text, data);
    if (status != 200)
        throw failure{exit_code::unavailable, "tokend is not ready"};
}

}  // namespace tokend

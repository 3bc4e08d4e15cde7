#include "command_functions.hpp"
#include "failure.hpp"
#include "output.hpp"
#include "presented.hpp"
#include "tokend_client.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <iomanip>
#include <iostream>
#include <sstream>
#include <string>
#include <string_view>

// What a login would do.
namespace tokend {
namespace {

std::string text(boost::json::object const& from, std::string_view name)
{
    return std::string{from.at(name).as_string()};
}

std::string milliseconds(boost::json::object const& step)
{
    std::ostringstream out;
    out << std::fixed << std::setprecision(1) << static_cast<double>(step.at("us").as_int64()) / 1000 << " ms";
    return out.str();
}

std::string verdict_of(boost::json::object const& step)
{
    auto said = text(step, "verdict");
    if (auto const why = text(step, "says"); !why.empty())
        said.append(": ").append(why);
    return step.at("us").as_int64() == 0 ? said : said.append(" (").append(milliseconds(step)).append(")");
}

void print_step(boost::json::object const& step)
{
    auto const is_backend = step.contains("backend");
    auto const name = text(step, "step") + (is_backend ? ' ' + text(step, "backend") : std::string{});
    std::cout << (step.at("passed").as_bool() ? "ok  " : "no  ") << std::left << std::setw(20) << name << "  "
              << (is_backend ? verdict_of(step) : text(step, "says")) << '\n';
    if (is_backend)
        for (auto const& one : step.at("did").as_array())
            std::cout << "      " << std::string_view{one.as_string()} << '\n';
}

std::string joined(boost::json::array const& words)
{
    std::string all;
    for (auto const& word : words)
        all.append(all.empty() ? "" : ", ").append(word.as_string());
    return all.empty() ? "none" : all;
}

}  // namespace

void add_explain_options(option_list& to)
{
    add_presented_options(to);
    to.add_options()("secret", "checks the password or pass code too, which is asked for");
    add_text_option(to, "client-address", "ADDRESS",
                    "of the client whose login it is, for its lock-outs and its address");
    add_operator_options(to);
}

void explain_login(command_line const& given)
{
    check_presented(given);
    bool const with_secret = given.has("secret") || given.has("secret-file") || given.has("code");
    auto const tokend = connect_to_admin(given);
    auto const format = read_format(given);
    auto body = presented_by(given, with_secret ? read_presented_secret(given) : secret{});
    if (given.has("client-address"))
        body.add("client_address", given.text("client-address"));
    auto const data = tokend.call("POST", "/admin/v1/explain", body.finished());
    if (format == output_format::json)
        std::cout << data << '\n';
    else
        for (auto const& one : data.at("steps").as_array())
            print_step(one.as_object());
    if (!data.at("accepted").as_bool())
        throw failure{exit_code::refused, "this login is refused: " + text(data, "code") + ": " + text(data, "reason")};
    if (format == output_format::json)
        return;
    auto const& user = data.at("user").as_object();
    std::cout << "this login gets a token for " << text(user, "username") << " with the unit " << text(user, "unit")
              << "; groups: " << joined(user.at("groups").as_array())
              << (data.at("secret_checked").as_bool() ? "\n" : "; the secret was not checked\n");
}

}  // namespace tokend

#include "ask_secret.hpp"
#include "command_functions.hpp"
#include "failure.hpp"
#include "output.hpp"
#include "presented.hpp"
#include "tokend_client.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <iostream>
#include <string>
#include <utility>

// The commands of a client: what every service does with a running tokend.
namespace tokend {
namespace {

boost::json::object call_with_token(command_line const& given, char const* method)
{
    auto const tokend = connect_to_server(given);
    read_format(given);
    auto const token =
        given.has("token-file") ? read_secret_option(given, "token-file") : ask_secret("Token", asked::once);
    return tokend.call("POST", method, secret_object{}.add("token", token.reveal()).finished());
}

void say(command_line const& given, std::string_view sentence, boost::json::object const& data)
{
    if (read_format(given) == output_format::json)
        std::cout << data << '\n';
    else
        std::cout << sentence << '\n';
}

}  // namespace

void add_login_options(option_list& to)
{
    add_presented_options(to);
    add_server_options(to);
    add_text_option(to, "format", "table|json", "the token alone if not given, or an object of JSON with all about it");
}

void log_in(command_line const& given)
{
    check_presented(given);
    auto const tokend = connect_to_server(given);
    auto const format = read_format(given);
    auto const shown = read_presented_secret(given);
    auto const data = tokend.call("POST", "/authentication/token?verbose=1", presented_by(given, shown).finished());
    if (format == output_format::json)
        std::cout << data << '\n';
    else
        std::cout << std::string_view{data.at("token").as_string()} << '\n';
}

void add_token_options(option_list& to)
{
    add_text_option(to, "token-file", "FILE", "a file with the token");
    add_server_options(to);
    add_format_option(to);
}

void validate_token(command_line const& given)
{
    auto const data = call_with_token(given, "/authentication/token/validate");
    bool const is_active = data.at("active").as_bool();
    if (is_active || read_format(given) == output_format::json)
    {
        row_printer rows{read_format(given),
                         {{"USER", "username"},
                          {"ORGANISATION", "organisation"},
                          {"UNIT", "unit"},
                          {"GROUPS", "groups"},
                          {"ISSUED", "issued_at"},
                          {"EXPIRES", "expires_at"}}};
        rows.print({data});
    }
    if (!is_active)
        throw failure{exit_code::refused, "the token is inactive"};
}

void renew_token(command_line const& given)
{
    auto const data = call_with_token(given, "/authentication/token/renew");
    say(given, "renewed for " + serialize(data.at("expires_in")) + " s", data);
}

void release_token(command_line const& given)
{
    auto const data = call_with_token(given, "/authentication/token/release");
    say(given, "released", data);
}

}  // namespace tokend

#include "ask_secret.hpp"
#include "command_functions.hpp"
#include "failure.hpp"
#include "output.hpp"
#include "tokend_client.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <iostream>
#include <string>
#include <utility>

// The commands of a client: what every service does with a running tokend.
namespace tokend {
namespace {

// What one of the three kinds of credentials is called where it is asked for.
std::string secret_name(command_line const& given)
{
    return given.has("username")     ? "Password of " + given.text("username")
           : given.has("identifier") ? "Pass code of " + given.text("identifier")
                                     : "Authentication code";
}

void check(command_line const& given)
{
    if (given.text("organisation").empty())
        throw failure{exit_code::usage, "--organisation is missing"};
    if ((given.has("username") ? 1 : 0) + (given.has("identifier") ? 1 : 0) + (given.has("code") ? 1 : 0) != 1)
        throw failure{exit_code::usage, "one of --username, --identifier and --code is meant"};
    for (auto const* option : {"username", "identifier", "unit"})
        if (given.has(option) && given.text(option).empty())
            throw failure{exit_code::usage, std::string{"an empty --"} + option};
}

secret login_body(command_line const& given, secret const& shown)
{
    secret_object body;
    body.add("organisation", given.text("organisation"));
    if (given.has("unit"))
        body.add("unit", given.text("unit"));
    if (given.has("username"))
        return body.add("username", given.text("username")).add("password", shown.reveal()).finished();
    secret_object identifier;
    if (given.has("identifier"))
        identifier.add("identifier", given.text("identifier")).add("pass_code", shown.reveal());
    else
        identifier.add("authentication_code", shown.reveal());
    return body.add("access_token_identifier", identifier).finished();
}

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
    add_text_option(to, "organisation", "NAME", "the organisation, in any case");
    add_text_option(to, "unit", "U", "a unit other than the user's default one");
    add_text_option(to, "username", "NAME", "a user, who has a password");
    add_text_option(to, "identifier", "ID", "an access token with a pass code; instead of --username");
    to.add_options()("code", "an authentication code; instead of --username");
    add_text_option(to, "secret-file", "FILE", "a file with the password, the pass code or the code");
    add_server_options(to);
    add_text_option(to, "format", "table|json", "the token alone if not given, or an object of JSON with all about it");
}

void log_in(command_line const& given)
{
    check(given);
    auto const tokend = connect_to_server(given);
    auto const format = read_format(given);
    auto const shown = given.has("secret-file") ? read_secret_option(given, "secret-file")
                                                : ask_secret(secret_name(given), asked::once);
    auto const data = tokend.call("POST", "/authentication/token?verbose=1", login_body(given, shown));
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

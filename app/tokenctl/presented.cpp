#include "presented.hpp"

#include "ask_secret.hpp"
#include "failure.hpp"

#include <string>

namespace tokend {
namespace {

// What one of the three kinds of credentials is called where it is asked for.
std::string secret_name(command_line const& given)
{
    return given.has("username")     ? "Password of " + given.text("username")
           : given.has("identifier") ? "Pass code of " + given.text("identifier")
                                     : "Authentication code";
}

}  // namespace

void add_presented_options(boost::program_options::options_description& to)
{
    add_text_option(to, "organisation", "NAME", "the organisation, in any case");
    add_text_option(to, "unit", "U", "a unit other than the user's default one");
    add_text_option(to, "username", "NAME", "a user, who has a password");
    add_text_option(to, "identifier", "ID", "an access token with a pass code; instead of --username");
    to.add_options()("code", "an authentication code; instead of --username");
    add_text_option(to, "secret-file", "FILE", "a file with the password, the pass code or the code");
}

void check_presented(command_line const& given)
{
    if (given.text("organisation").empty())
        throw failure{exit_code::usage, "--organisation is missing"};
    if ((given.has("username") ? 1 : 0) + (given.has("identifier") ? 1 : 0) + (given.has("code") ? 1 : 0) != 1)
        throw failure{exit_code::usage, "one of --username, --identifier and --code is meant"};
    for (auto const* option : {"username", "identifier", "unit"})
        if (given.has(option) && given.text(option).empty())
            throw failure{exit_code::usage, std::string{"an empty --"} + option};
}

secret read_presented_secret(command_line const& given)
{
    return given.has("secret-file") ? read_secret_option(given, "secret-file")
                                    : ask_secret(secret_name(given), asked::once);
}

secret_object presented_by(command_line const& given, secret const& shown)
{
    auto const proof = shown.reveal();
    secret_object body;
    body.add("organisation", given.text("organisation"));
    if (given.has("unit"))
        body.add("unit", given.text("unit"));
    if (given.has("username"))
    {
        body.add("username", given.text("username"));
        if (!proof.empty())
            body.add("password", proof);
        return body;
    }
    secret_object identifier;
    if (given.has("identifier"))
        identifier.add("identifier", given.text("identifier"));
    if (!proof.empty())
        identifier.add(given.has("identifier") ? "pass_code" : "authentication_code", proof);
    body.add("access_token_identifier", identifier);
    return body;
}

}  // namespace tokend

#pragma once

#include "command_line.hpp"

#include "base/secret.hpp"

#include <string>
#include <string_view>

// Where the commands that set a secret have it from.
namespace tokend {

// --generate
void add_generate_option(boost::program_options::options_description& to);

// Asks for the secret, as ask_secret() does, or makes one of 192 random bits if --generate is given. Throws failure.
secret new_secret(command_line const& given, std::string_view what);

// The same for the password of a user. One that is not made here has to meet the policy.
secret new_password(command_line const& given, std::string const& what, std::string const& user);

// Says what was done. A secret that was made is printed to standard output alone, and the sentence to standard error,
// so that a script can take the secret.
void report(command_line const& given, secret const& made, std::string const& done);

}  // namespace tokend

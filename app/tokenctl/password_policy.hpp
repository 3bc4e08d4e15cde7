#pragma once

#include "command_line.hpp"

#include "base/secret.hpp"

#include <string>

// What makes a password too weak: the rules of libpwquality, see pwquality.conf(5).
namespace tokend {

// --policy
void add_policy_options(boost::program_options::options_description& to);

// Throws failure if the rules are not met by a password for that user, or cannot be read. The rules are those of the
// file that the option names, or of /etc/security/pwquality.conf.
void check_password(command_line const& given, secret const& password, std::string const& user);

}  // namespace tokend

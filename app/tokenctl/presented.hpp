#pragma once

#include "command_line.hpp"
#include "tokend_client.hpp"

#include <boost/program_options/options_description.hpp>

#include <string>

// The credentials that a command presents to tokend.
namespace tokend {

// --organisation --unit --username --identifier --code --secret-file
void add_presented_options(boost::program_options::options_description& to);

// Throws failure unless the options name an organisation and one of the three kinds of credentials.
void check_presented(command_line const& given);

// The secret: from the file, or asked for under its name.
secret read_presented_secret(command_line const& given);

// The members of a login's body. Without a secret it has none.
secret_object presented_by(command_line const& given, secret const& shown);

}  // namespace tokend

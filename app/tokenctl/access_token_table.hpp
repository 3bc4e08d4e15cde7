#pragma once

#include "command_line.hpp"
#include "table_file.hpp"

#include "access_token/access_tokens.hpp"
#include "base/secret.hpp"

#include <cstddef>
#include <string>

// The lines of a table of access tokens.
namespace tokend {

enum access_token_column : std::size_t
{
    token_identifier,
    token_secret,
    token_state,
    token_owner,
    token_units,
    token_default_unit,
    token_groups,
    token_not_before,
    token_not_after,
    token_flags,
    token_column_count
};

// Gets a code from new_secret(). A client can send 256 bytes without control characters.
secret new_code(command_line const& given, std::string_view what);

// How the commands name a record: its identifier, or "code:" and the first digits of its digest.
std::string name_of(plugin::access_token const& one);
// Throws failure unless exactly one record has that name. A code may be named by more digits.
plugin::access_token const& find_access_token(plugin::access_tokens const& in, std::string const& file,
                                              std::string const& name);

// For edit_record() and remove_record(): the line of a record.
table_reader line_of_access_token(std::string const& file, std::string const& name);

}  // namespace tokend

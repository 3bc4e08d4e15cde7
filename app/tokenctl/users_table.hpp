#pragma once

#include "table_file.hpp"

#include "file/users.hpp"

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

// The lines of a users file.
namespace tokend {

enum user_column : std::size_t
{
    user_name,
    user_hash,
    user_units,
    user_default_unit,
    user_groups,
    user_flags,
    user_column_count
};

// Returns the flags with `flag` or without it.
std::string with_flag(std::string_view flags, std::string_view flag);
std::string without_flags(std::string_view flags, std::function<bool(std::string_view)> const& is_gone);

// Reads a users file that must be there. Throws failure, plugin::file_error.
plugin::users read_users(std::string const& file);
// Throws failure unless there is such a user.
plugin::user const& find_user(plugin::users const& in, std::string const& file, std::string const& name);

// For edit_record() and remove_record(): the line of a user.
table_reader line_of_user(std::string const& file, std::string const& name);

}  // namespace tokend

#pragma once

#include "access_token/code_key.hpp"

#include <filesystem>

namespace tokend {

enum class if_missing
{
    make,
    refuse
};

// The key in a file: its bytes without the last newline, as the host gives them to the plugin. A missing one is made of
// 32 random bytes, as hex, with mode 0600, and said so. Throws failure, file_error, std::system_error.
plugin::code_key read_code_key(std::filesystem::path const& file, if_missing what);

}  // namespace tokend

#pragma once

#include "access_token/code_key.hpp"

#include <filesystem>

namespace tokend {

enum class if_missing
{
    make,
    refuse
};

// Reads the key in a file: its bytes without the last newline, which tokend gives to the plugin too. Makes a missing
// file, of 32 random bytes in hex, and reports that. Throws failure, file_error or std::system_error.
plugin::code_key read_code_key(std::filesystem::path const& file, if_missing what);

}  // namespace tokend

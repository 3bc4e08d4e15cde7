#pragma once

#include "app/tokend/config/setting.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace tokend {

// A file, or the folder conf.d, that others could change.
struct loose_file
{
    source_line at;
    std::string what;  // the path at fault, its mode, and the command that mends it
};

struct files_read
{
    std::vector<setting> settings;
    std::vector<loose_file> loose;  // each fault is listed once
};

// Reads the file and conf.d/*.conf beside it, by name. Continues after unknown sections and keys, so that every mistake
// is reported at once. Returns settings of known sections only.
files_read read_files(std::filesystem::path const& file, mistakes& wrong);

}  // namespace tokend

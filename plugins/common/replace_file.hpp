#pragma once

#include "common/descriptor.hpp"

#include <filesystem>
#include <string_view>

namespace tokend::plugin {

// Keeps every other holder, of this process or another, from changing files in the folder of `file` until destroyed.
// Waits for its turn. Throws std::system_error.
class folder_lock
{
public:
    explicit folder_lock(std::filesystem::path const& file);

private:
    descriptor folder_;
};

// Puts `text` in the place of a whole file: whoever reads it meanwhile, or finds it after a crash, sees the old content
// or the new. On return the new is on disk. Mode and owner stay as they are, a new file has 0600; a link is followed.
// Throws std::system_error, and then the old content is kept. REQUIRES: a folder_lock for the file is held.
void replace_file(std::filesystem::path const& file, std::string_view text);

// Makes a file with mode 0600 that must not exist yet; on return it is on disk. Throws std::system_error.
void create_file(std::filesystem::path const& file, std::string_view text);

}  // namespace tokend::plugin

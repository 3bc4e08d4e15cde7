#pragma once

#include "tokend/descriptor.hpp"

#include <filesystem>
#include <string_view>

namespace tokend::plugin {

// Locks the folder of `file` until destroyed: no other holder, in this process or another, changes files there
// meanwhile. The constructor waits for the lock. Throws std::system_error.
class folder_lock
{
public:
    explicit folder_lock(std::filesystem::path const& file);

private:
    descriptor folder_;
};

// Replaces the whole content of a file by `text`. A reader sees the old content or the new one, also after a crash. On
// return the new content is on disk. Owner, group and mode are kept; a link is followed. A new file has the group of
// its folder and mode 0640, or mode 0600 if this user may not give it that group. Throws std::system_error, and then
// the old content is kept. REQUIRES: a folder_lock for the file is held.
void replace_file(std::filesystem::path const& file, std::string_view text);

// Creates a file, with group and mode as above; on return it is on disk. Throws std::system_error, also if the file
// exists.
void create_file(std::filesystem::path const& file, std::string_view text);

}  // namespace tokend::plugin

#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <tuple>
#include <vector>

namespace tokend {

// Notices that one of several files is another one than before. Not thread-safe.
class file_changes
{
public:
    // Notes the files as they are now. Make it before they are read, so that no change is missed.
    explicit file_changes(std::vector<std::filesystem::path> files = {});

    // Returns true once after a change, as soon as two calls in a row have found the same: whoever writes several files
    // one after the other has then written all of them.
    bool look();

private:
    // Zeros if there is no such file.
    using version = std::tuple<dev_t, ino_t, off_t, std::int64_t>;
    std::vector<version> versions() const;

    std::vector<std::filesystem::path> files_;
    std::vector<version> known_;
    std::vector<version> last_seen_;
};

}  // namespace tokend

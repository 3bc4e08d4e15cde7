#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>

namespace tokend::plugin {

inline constexpr std::size_t max_file_bytes = 64 * 1024 * 1024;

// Identifies one state of a file: the stamp differs after the file is replaced or written to. All zero if the file
// does not exist.
struct file_stamp
{
    dev_t device = 0;
    ino_t inode = 0;
    off_t size = 0;
    std::int64_t modified_ns = 0;
    std::int64_t changed_ns = 0;  // of the inode: owner, mode, name

    bool operator==(file_stamp const&) const = default;
};

file_stamp stamp_of(std::string const& path) noexcept;

struct text_file
{
    std::string text;
    file_stamp stamp;  // of exactly this text: a later write gives another stamp
};

enum class file_modes
{
    strict,  // a file that others could change is refused; see tokend/protection.hpp
    any
};

// Throws unreadable_file if the file is missing, unreadable, not a regular file, over max_file_bytes, written to
// without a pause, or of an owner or mode that is refused.
text_file read_text_file(std::string const& path, file_modes allowed = file_modes::any);

}  // namespace tokend::plugin

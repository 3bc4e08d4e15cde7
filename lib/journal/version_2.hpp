#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <string>

namespace tokend {

class journal_file;

// The tokens file of tokend 0.1.0, layout version 2: two halves with a snapshot and a log each, of units of five words.
namespace version_2 {

// A principal of such a file in today's form, and the client's address that was a part of it.
struct upgraded_record
{
    std::string bytes;
    std::string address;
};
// Returns nothing if the bytes are no principal.
using upgrade_record = std::function<std::optional<upgraded_record>(std::span<char const> record)>;

// The contents of a file that was taken over.
struct taken_over
{
    std::uint64_t tokens = 0;  // some may have ended
    std::uint64_t damaged = 0;
};

bool is_one(journal_file const& file);  // judged by its first bytes

// If there is a file of version 2 at `path`, writes its contents to a file of today's version, which takes its name.
// Returns nothing if there is no file, or one of another version. Throws std::system_error, and std::runtime_error with
// a line that explains what is wrong; the file then is as it was.
std::optional<taken_over> take_over(std::filesystem::path const& path, upgrade_record const& upgrade);

}  // namespace version_2
}  // namespace tokend

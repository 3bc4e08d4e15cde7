#pragma once

#include "audit/sink.hpp"

#include <filesystem>
#include <string>
#include <string_view>

namespace tokend {

// A file that lines are appended to. It is created with mode 0600. Only tokend's user may be able to write it, and
// nobody but that user and the file's group to read it.
class audit_file final : public audit_sink
{
public:
    // Throws std::system_error or std::runtime_error, with the path, if the file cannot be used.
    explicit audit_file(std::filesystem::path path);
    ~audit_file() override;
    audit_file(audit_file const&) = delete;

    // A line that the disk has no room for is taken back, so that no later line joins it.
    progress write(std::span<std::string const> lines) override;
    void reopen() override;

private:
    void take_back(std::size_t bytes) noexcept;

    std::filesystem::path const path_;
    int fd_;
    bool is_torn_;  // the last line in the file has no newline, and could not be taken back
};

// Returns what is wrong with an audit file that is there, or with the folder that it would be created in. Returns an
// empty string if nothing is.
std::string what_is_wrong_with_audit_file(std::filesystem::path const& path);

}  // namespace tokend

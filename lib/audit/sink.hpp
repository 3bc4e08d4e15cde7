#pragma once

#include <cstddef>
#include <span>
#include <string>

namespace tokend {

// Where the lines of the audit log go. Not thread-safe.
class audit_sink
{
public:
    virtual ~audit_sink() = default;

    struct progress
    {
        std::size_t lines = 0;  // so many are written whole, from the first on; the target has nothing of the others
        std::string trouble{};  // why the others are not written; empty if all are written
    };
    // Writes lines, each with its newline. May wait for the disk or for the journal.
    virtual progress write(std::span<std::string const> lines) = 0;

    // Opens the target again by its name. Throws and keeps the old one if that fails.
    virtual void reopen() {}
};

}  // namespace tokend

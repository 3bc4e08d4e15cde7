#pragma once

#include <stdexcept>
#include <string>

namespace tokend {

// Exit codes; those from 64 on are as in sysexits.h.
enum class exit_code
{
    done = 0,
    refused = 1,        // tokend does not do it: this operator may not, or there is no such thing
    unavailable = 2,    // no tokend answers, or it cannot do it now
    usage = 64,         // wrong words, a bad name or secret, a duplicate without --replace
    bad_data = 65,      // an existing file cannot be read, or has a mistake
    internal = 70,      // anything else
    cannot_write = 73,  // or open: a file or folder
};

// Ends the program. Standard error gets what().
class failure : public std::runtime_error
{
public:
    failure(exit_code code, std::string const& what) : std::runtime_error{what}, code_{code} {}
    exit_code code() const noexcept { return code_; }

private:
    exit_code code_;
};

}  // namespace tokend

#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace tokend::test {

// What a command line of the shell wrote, on both outputs, and its exit status.
struct result
{
    int status = 0;
    std::string output;
};
result shell(std::string const& command);

// The same for a command that must succeed.
std::string run_well(std::string const& command);

// The word in quotes, so that the shell takes it as it is.
std::string in_quotes(std::string_view word);

}  // namespace tokend::test

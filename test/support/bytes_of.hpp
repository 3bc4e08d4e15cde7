#pragma once

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace tokend::test {

// The contents of a file; empty if it cannot be read.
inline std::string bytes_of(std::filesystem::path const& file)
{
    std::ifstream in{file, std::ios::binary};
    return {std::istreambuf_iterator<char>{in}, {}};
}

}  // namespace tokend::test

#pragma once

#include <filesystem>
#include <string>
#include <vector>

// The table of dynamic symbols of a shared object. Throws std::runtime_error for a file that has none.
namespace tokend {

struct elf_symbols
{
    std::vector<std::string> exported;  // without what the linker and the sanitizers add
    std::vector<std::string> needed;    // from other libraries
};
elf_symbols read_symbols(std::filesystem::path const& file);

}  // namespace tokend

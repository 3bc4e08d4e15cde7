#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

// What the checks need to know of C and C++ sources.
namespace tokend::test {

// Every .c .h .cpp .hpp below the folder, sorted.
std::vector<std::filesystem::path> sources_below(std::filesystem::path const& folder);

std::string read_text(std::filesystem::path const& file);

// The same text with blanks in the place of comments, strings, characters and preprocessor lines, so that what is left is code and
// stands where it stood.
std::string code_of(std::string_view source);

std::size_t line_of(std::string_view text, std::size_t position);

}  // namespace tokend::test

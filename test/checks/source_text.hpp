#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

// What the checks need from C and C++ sources.
namespace tokend::test {

// Every .c .h .cpp .hpp below the folder, sorted.
std::vector<std::filesystem::path> sources_below(std::filesystem::path const& folder);

std::string read_text(std::filesystem::path const& file);

// Returns the text with blanks instead of comments, strings, characters and preprocessor lines. The code that is left
// keeps its positions.
std::string code_of(std::string_view source);

std::size_t line_of(std::string_view text, std::size_t position);

}  // namespace tokend::test

#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tokend {

// The text of the file, or `header` if there is no such file. Throws plugin::file_error.
std::string read_table(std::filesystem::path const& file, std::string_view header);

// A record's line: the columns with ':' between them, without empty ones at the end.
std::string join_columns(std::vector<std::string> const& columns);

// `text` with `record` as its line number `line`, counted from 1, or behind its last line if that is none. Every other
// line stays as it is, byte for byte.
std::string with_line(std::string_view text, std::optional<std::size_t> line, std::string_view record);

}  // namespace tokend

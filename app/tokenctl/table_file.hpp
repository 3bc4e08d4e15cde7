#pragma once

#include "common/account.hpp"

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tokend {

// The text of the file, or `header` if there is no such file. A file that others could change is read with a warning on
// standard error. Throws plugin::file_error.
std::string read_table(std::filesystem::path const& file, std::string_view header);

// Warns on standard error of a file that tokend would refuse because others could change it, or read it if it is
// secret. Its owner is taken for the user that tokend runs as.
enum class content
{
    table,
    secret
};
void warn_of_loose_mode(std::filesystem::path const& file, content kind);

// The columns of a record, all `count` of them. They are written as they were read unless they are set.
class columns
{
public:
    explicit columns(std::size_t count) : items_(count) {}
    columns(std::string_view text, std::size_t line, std::size_t count);  // of line number `line`, counted from 1

    std::string& operator[](std::size_t i) { return items_[i]; }
    std::string const& operator[](std::size_t i) const { return items_[i]; }
    std::string joined() const;  // without empty ones at the end

private:
    std::vector<std::string> items_;
};

// Sets the three columns of units, default unit and groups; `first` is that of the units.
void set_membership(columns& to, std::size_t first, plugin::membership const& what);

// `text` with `record` as its line number `line`, counted from 1, or behind its last line if that is none. Every other
// line stays as it is, byte for byte, but for the mark of an empty file, which goes. REQUIRES: the text is empty or
// ends with a newline.
std::string with_line(std::string_view text, std::optional<std::size_t> line, std::string_view record);

}  // namespace tokend

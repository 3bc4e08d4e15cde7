#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

// Text files of records, one per line. Columns are separated by ':', and trailing ones may be absent. A line that
// begins with '#' is a comment; blank lines are ignored. Every line ends with a newline, so that a truncated file is
// noticed.
namespace tokend::plugin {

// The names of a file's columns, in their order.
using column_names = std::span<std::string_view const>;

inline constexpr std::size_t max_line_bytes = 8192;

// One record. It is a view: REQUIRES that the text, the file's name and the column names outlive it.
class record
{
public:
    record(std::string const& file, std::size_t line, column_names names, std::vector<std::string_view> columns);

    std::size_t line() const noexcept { return line_; }
    std::string_view operator[](std::size_t column) const noexcept;  // empty if it is absent
    // The items of a column, which are separated by commas. Throws file_error if one is empty or occurs twice.
    std::vector<std::string> items(std::size_t column) const;

    // Throws file_error: the file, the line and the column's name, then `what`.
    [[noreturn]] void refuse(std::size_t column, std::string const& what) const;
    void require_size(std::size_t column, std::string_view value, std::size_t max_bytes) const;

private:
    std::string const* file_;
    std::size_t line_;
    column_names names_;
    std::vector<std::string_view> columns_;
};

// The comment that marks a file as meant to have no records.
inline constexpr std::string_view empty_mark = "# empty";
bool has_empty_mark(std::string_view text) noexcept;

// Returns all records of a text. Throws file_error for a last line without a newline, invalid UTF-8, control
// characters, a line over max_line_bytes, too many columns, blanks around a column, and records in a file with the
// empty mark.
std::vector<record> read_records(std::string_view text, std::string const& file, column_names names);

}  // namespace tokend::plugin

#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

// Text files of records, one a line: columns separated by ':', of which trailing ones may be absent; a line that begins
// with '#' is a comment, blank lines are nothing. Every line ends with a newline, so that a file that was cut is
// noticed.
namespace tokend::plugin {

// What the columns of a kind of file are called, in their order.
using column_names = std::span<std::string_view const>;

inline constexpr std::size_t max_line_bytes = 8192;

// One record; a view of the text it was read from, of its file's name and of the column names.
class record
{
public:
    record(std::string const& file, std::size_t line, column_names names, std::vector<std::string_view> columns);

    std::size_t line() const noexcept { return line_; }
    std::string_view operator[](std::size_t column) const noexcept;  // empty if it is absent
    // The items between the commas of a column, none of them empty or there twice.
    std::vector<std::string> items(std::size_t column) const;

    // Throws file_error with the place before `what`.
    [[noreturn]] void refuse(std::size_t column, std::string const& what) const;
    void require_size(std::size_t column, std::string_view value, std::size_t max_bytes) const;

private:
    std::string const* file_;
    std::size_t line_;
    column_names names_;
    std::vector<std::string_view> columns_;
};

// The comment by which a file without records says that it is meant to have none.
inline constexpr std::string_view empty_mark = "# empty";
bool has_empty_mark(std::string_view text) noexcept;

// All records of a text. Throws file_error for a last line without a newline, bytes that are no UTF-8, control
// characters, a line over max_line_bytes, too many columns, blanks around a column, and records beside the empty mark.
std::vector<record> read_records(std::string_view text, std::string const& file, column_names names);

}  // namespace tokend::plugin

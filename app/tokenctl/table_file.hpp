#pragma once

#include "common/account.hpp"

#include <cstddef>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tokend {

// Returns the text of the file, or `header` if there is no such file. Warns on standard error of a file that others
// could change. Throws plugin::file_error.
std::string read_table(std::filesystem::path const& file, std::string_view header);

// Warns on standard error of a file that tokend would refuse because others could change it, or could read it although
// it is secret. Assumes that tokend runs as the owner of the file.
enum class content
{
    table,
    secret
};
void warn_of_loose_mode(std::filesystem::path const& file, content kind);

// The `count` columns of a record. A column that is not set is written as it was read.
class columns
{
public:
    explicit columns(std::size_t count) : items_(count) {}
    columns(std::string_view text, std::size_t line, std::size_t count);  // of line number `line`, counted from 1

    std::string& operator[](std::size_t i) { return items_[i]; }
    std::string const& operator[](std::size_t i) const { return items_[i]; }
    std::string joined() const;  // without empty columns at the end

private:
    std::vector<std::string> items_;
};

// Sets the columns of units, default unit and groups, which follow each other. `first` is the column of units.
void set_membership(columns& to, std::size_t first, plugin::membership const& what);

// Returns `text` with `record` as its line number `line`, counted from 1, or as a new last line if there is no such
// line. Keeps every other line byte for byte, and drops the mark of an empty file. REQUIRES: the text is empty or ends
// with a newline.
std::string with_line(std::string_view text, std::optional<std::size_t> line, std::string_view record);

// How a table is read, and which of its lines is meant.
struct record_place
{
    std::size_t line = 0;
    bool is_last = false;  // there is no other record
};
struct table_reader
{
    std::size_t column_count;
    std::function<record_place(std::string const& text)> find;  // throws failure if there is no such record
    std::function<void(std::string const& text)> check;         // throws plugin::file_error
};

// Returns the text of a table that must be there. Throws failure, plugin::file_error.
std::string read_existing_table(std::string const& file);
// Change one record, or take it away, and nothing else in the file. A table without records gets the mark that it is
// meant so. Throw failure, plugin::file_error, std::system_error, and then nothing has changed.
void edit_record(std::string const& file, table_reader const& how, std::function<void(columns&)> const& change);
void remove_record(std::string const& file, table_reader const& how);

// Returns `text` without its line number `line`, counted from 1, and with the mark of an empty file behind it if that
// was the last record.
std::string without_line(std::string_view text, std::size_t line, bool is_last_record);

}  // namespace tokend

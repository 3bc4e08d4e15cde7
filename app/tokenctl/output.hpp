#pragma once

#include "command_line.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tokend {

boost::json::array texts_of(std::vector<std::string> const& from);

enum class output_format
{
    table,
    json  // a line of JSON for each row
};

// --format
void add_format_option(boost::program_options::options_description& to);
output_format read_format(command_line const& from);

// A column of a table: its heading, and the member that it shows.
struct table_column
{
    std::string_view heading;
    std::string_view member;
};

// Prints rows to standard output. The columns of a table are as wide as the first rows need, so that the first page of
// a long listing is there before the last one is read.
class row_printer
{
public:
    row_printer(output_format format, std::vector<table_column> columns) : format_{format}, columns_{std::move(columns)}
    {}
    void print(boost::json::array const& rows);

private:
    void measure(boost::json::array const& rows);

    output_format const format_;
    std::vector<table_column> const columns_;
    std::vector<std::size_t> widths_;  // empty before the first rows
};

// A bar on standard error while long work goes on, if that is a terminal; else nothing.
class progress_bar
{
public:
    progress_bar();
    ~progress_bar();
    progress_bar(progress_bar const&) = delete;
    void show(double part, std::string const& what);

private:
    bool const is_terminal_;
    bool is_shown_ = false;
};

}  // namespace tokend

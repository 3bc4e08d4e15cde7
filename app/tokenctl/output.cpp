#include "output.hpp"

#include "failure.hpp"

#include "base/printable.hpp"

#include <boost/json/serialize.hpp>

#include <unistd.h>

#include <algorithm>
#include <iomanip>
#include <iostream>

namespace po = boost::program_options;

namespace tokend {
namespace {

// Names come from strangers, and a terminal obeys control characters.
std::string printable(std::string text)
{
    if (is_printable(text))
        return text;
    std::string quoted;
    append_quoted(quoted, text);
    return quoted;
}

std::string cell(boost::json::object const& row, std::string_view name)
{
    auto const* const value = row.if_contains(name);
    if (value == nullptr || value->is_null())
        return "-";
    if (value->is_array())
    {
        std::string all;
        for (auto const& one : value->as_array())
            all.append(all.empty() ? "" : ",").append(one.is_string() ? std::string{one.as_string()} : serialize(one));
        return all.empty() ? "-" : printable(all);
    }
    auto const text = value->is_string() ? std::string{value->as_string()} : serialize(*value);
    return text.empty() ? "-" : printable(text);
}

}  // namespace

boost::json::array texts_of(std::vector<std::string> const& from)
{
    boost::json::array all;
    for (auto const& one : from)
        all.emplace_back(one);
    return all;
}

void add_format_option(po::options_description& to)
{
    add_text_option(to, "format", "table|json", "a table if not given, or an object of JSON a line");
}

output_format read_format(command_line const& from)
{
    auto const text = from.has("format") ? from.text("format") : "table";
    if (text != "table" && text != "json")
        throw failure{exit_code::usage, "--format '" + text + "', table or json was meant"};
    return text == "json" ? output_format::json : output_format::table;
}

void row_printer::measure(boost::json::array const& rows)
{
    for (auto const& column : columns_)
    {
        auto width = column.heading.size();
        for (auto const& row : rows)
            width = std::max(width, cell(row.as_object(), column.member).size());
        widths_.push_back(width);
    }
}

void row_printer::print(boost::json::array const& rows)
{
    if (format_ == output_format::json)
    {
        for (auto const& row : rows)
            std::cout << row << '\n';
        return;
    }
    auto const print_line = [&](auto text_of) {
        for (std::size_t i = 0; i < columns_.size(); ++i)
            std::cout << (i == 0 ? "" : "  ") << std::setw(i + 1 == columns_.size() ? 0 : static_cast<int>(widths_[i]))
                      << std::left << text_of(columns_[i]);
        std::cout << '\n';
    };
    if (widths_.empty())
    {
        measure(rows);
        print_line([](table_column const& c) { return std::string{c.heading}; });
    }
    for (auto const& row : rows)
        print_line([&](table_column const& c) { return cell(row.as_object(), c.member); });
}

progress_bar::progress_bar() : is_terminal_{::isatty(STDERR_FILENO) == 1} {}

progress_bar::~progress_bar()
{
    if (is_shown_)
        std::cerr << "\r\x1b[K" << std::flush;
}

void progress_bar::show(double part, std::string const& what)
{
    constexpr int width = 30;
    if (!is_terminal_)
        return;
    auto const full = static_cast<int>(width * std::clamp(part, 0.0, 1.0));
    std::cerr << "\r[" << std::string(static_cast<std::size_t>(full), '#')
              << std::string(static_cast<std::size_t>(width - full), '.') << "] " << static_cast<int>(100 * part)
              << " %  " << what << "\x1b[K" << std::flush;
    is_shown_ = true;
}

}  // namespace tokend

#include "common/record.hpp"

#include "common/file_error.hpp"
#include "common/join.hpp"
#include "common/utf8.hpp"

#include <algorithm>
#include <utility>

namespace tokend::plugin {
namespace {

constexpr bool is_blank(char c) noexcept { return c == ' ' || c == '\t'; }
constexpr bool is_control(char c) noexcept { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

[[noreturn]] void refuse_line(std::string const& file, std::size_t line, std::string const& what)
{
    throw file_error{file + ':' + std::to_string(line) + ": " + what};
}

std::vector<std::string_view> split(std::string_view text, char separator)
{
    std::vector<std::string_view> parts;
    for (;;)
    {
        auto const end = std::min(text.find(separator), text.size());
        parts.push_back(text.substr(0, end));
        if (end == text.size())
            return parts;
        text.remove_prefix(end + 1);
    }
}

void check_bytes(std::string_view text, std::string const& file, std::size_t line)
{
    bool const is_comment = text.starts_with('#');
    if (text.size() > max_line_bytes)
        refuse_line(file, line,
                    "a line of " + std::to_string(text.size()) + " bytes, at most " + std::to_string(max_line_bytes) +
                        " are read");
    if (text.starts_with("\xef\xbb\xbf"))
        refuse_line(file, line, "a byte order mark, UTF-8 without one was meant");
    if (!is_utf8(text))
        refuse_line(file, line, "bytes that are no UTF-8");
    if (text.ends_with('\r'))
        refuse_line(file, line, "a line that ends with CR LF, LF alone was meant");
    if (std::any_of(text.begin(), text.end(), [&](char c) { return is_control(c) && !(is_comment && c == '\t'); }))
        refuse_line(file, line, "a control character");
}

}  // namespace

record::record(std::string const& file, std::size_t line, column_names names, std::vector<std::string_view> columns)
    : file_{&file}, line_{line}, names_{names}, columns_{std::move(columns)}
{
    if (columns_.size() > names_.size())
        refuse_line(*file_, line_,
                    std::to_string(columns_.size()) + " columns, at most " + std::to_string(names_.size()) +
                        " were meant: " + join(names_, ":"));
    for (std::size_t i = 0; i < columns_.size(); ++i)
        if (!columns_[i].empty() && (is_blank(columns_[i].front()) || is_blank(columns_[i].back())))
            refuse(i, "a blank at its start or end");
}

std::string_view record::operator[](std::size_t column) const noexcept
{
    return column < columns_.size() ? columns_[column] : std::string_view{};
}

std::vector<std::string> record::items(std::size_t column) const
{
    std::vector<std::string> items;
    if ((*this)[column].empty())
        return items;
    for (auto const part : split((*this)[column], ','))
    {
        if (part.empty() || is_blank(part.front()) || is_blank(part.back()))
            refuse(column, "an empty item or a blank beside a comma, a list like 'one,two' was meant");
        if (std::find(items.begin(), items.end(), part) != items.end())
            refuse(column, "'" + std::string{part} + "' is there twice");
        items.emplace_back(part);
    }
    return items;
}

void record::refuse(std::size_t column, std::string const& what) const
{
    refuse_line(*file_, line_, std::string{names_[column]} + ": " + what);
}

void record::require_size(std::size_t column, std::string_view value, std::size_t max_bytes) const
{
    if (value.size() > max_bytes)
        refuse(column,
               std::to_string(value.size()) + " bytes, at most " + std::to_string(max_bytes) + " can be asked for");
}

bool has_empty_mark(std::string_view text) noexcept
{
    for (std::size_t begin = 0; begin < text.size();)
    {
        auto const end = std::min(text.find('\n', begin), text.size());
        if (text.substr(begin, end - begin) == empty_mark)
            return true;
        begin = end + 1;
    }
    return false;
}

std::vector<record> read_records(std::string_view text, std::string const& file, column_names names)
{
    if (!text.empty() && !text.ends_with('\n'))
        refuse_line(file, 1 + static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')),
                    "the last line has no newline at its end, so the file may have been cut; complete the line");
    std::vector<record> records;
    std::size_t line = 0;
    for (auto const content : split(text, '\n'))
    {
        ++line;
        if (std::all_of(content.begin(), content.end(), is_blank))
            continue;
        check_bytes(content, file, line);
        if (!content.starts_with('#'))
            records.emplace_back(file, line, names, split(content, ':'));
    }
    if (!records.empty() && has_empty_mark(text))
        refuse_line(file, records.front().line(),
                    "a record, but a line '# empty' says that there is none; delete that line");
    return records;
}

}  // namespace tokend::plugin

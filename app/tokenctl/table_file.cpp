#include "table_file.hpp"

#include "failure.hpp"

#include "common/record.hpp"
#include "common/replace_file.hpp"
#include "common/text_file.hpp"

#include "base/text.hpp"

#include "tokend/protection.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <iostream>

namespace tokend {
namespace {

// Returns the offset of line number `line`.
std::size_t begin_of(std::string_view text, std::size_t line)
{
    std::size_t begin = 0;
    for (std::size_t i = 1; i < line; ++i)
        begin = text.find('\n', begin) + 1;
    return begin;
}

std::string_view line_of(std::string_view text, std::size_t line)
{
    auto const begin = begin_of(text, line);
    return text.substr(begin, std::min(text.find('\n', begin), text.size()) - begin);
}

std::string without_empty_mark(std::string_view text)
{
    std::string kept;
    while (!text.empty())
    {
        auto const end = std::min(text.find('\n'), text.size() - 1) + 1;
        if (text.substr(0, end) != std::string{plugin::empty_mark} + '\n')
            kept.append(text.substr(0, end));
        text.remove_prefix(end);
    }
    return kept;
}

}  // namespace

void warn_of_loose_mode(std::filesystem::path const& file, content kind)
{
    struct stat s
    {};
    if (::stat(file.c_str(), &s) != 0)
        return;
    auto const secrecy = kind == content::secret ? plugin::secrecy::secret : plugin::secrecy::none;
    if (auto const mistake = plugin::loose_mode(file.string(), secrecy, s.st_uid); !mistake.empty())
        std::cerr << "tokenctl: warning: " << mistake << '\n';
}

std::string read_table(std::filesystem::path const& file, std::string_view header)
{
    if (!std::filesystem::exists(file))
        return std::string{header};
    warn_of_loose_mode(file, content::table);
    return plugin::read_text_file(file.string()).text;
}

std::string read_existing_table(std::string const& file)
{
    if (!std::filesystem::exists(file))
        throw failure{exit_code::bad_data, "there is no file " + file};
    return read_table(file, {});
}

void edit_record(std::string const& file, table_reader const& how, std::function<void(columns&)> const& change)
{
    plugin::folder_lock const lock{file};
    auto const before = read_existing_table(file);
    auto const line = how.find(before).line;
    columns record{before, line, how.column_count};
    change(record);
    auto const after = with_line(before, line, record.joined());
    how.check(after);
    plugin::replace_file(file, after);
}

void remove_record(std::string const& file, table_reader const& how)
{
    plugin::folder_lock const lock{file};
    auto const before = read_existing_table(file);
    auto const place = how.find(before);
    auto const after = without_line(before, place.line, place.is_last);
    how.check(after);
    plugin::replace_file(file, after);
}

columns::columns(std::string_view text, std::size_t line, std::size_t count) : items_(count)
{
    auto rest = line_of(text, line);
    for (auto& item : items_)
    {
        auto const end = std::min(rest.find(':'), rest.size());
        item = rest.substr(0, end);
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
}

std::string columns::joined() const
{
    auto joined = join(items_, ":");
    joined.erase(joined.find_last_not_of(':') + 1);
    return joined;
}

void set_membership(columns& to, std::size_t first, plugin::membership const& what)
{
    auto const joined = plugin::format_columns(what);
    columns const three{joined, 1, 3};
    for (std::size_t i = 0; i < 3; ++i)
        to[first + i] = three[i];
}

std::string without_line(std::string_view text, std::size_t line, bool is_last_record)
{
    std::string changed{text};
    changed.erase(begin_of(text, line), line_of(text, line).size() + 1);
    return is_last_record ? changed.append(plugin::empty_mark).append("\n") : changed;
}

std::string with_line(std::string_view text, std::optional<std::size_t> line, std::string_view record)
{
    if (!line)
        return without_empty_mark(text).append(record) += '\n';
    std::string changed{text};
    return changed.replace(begin_of(text, *line), line_of(text, *line).size(), record);
}

}  // namespace tokend

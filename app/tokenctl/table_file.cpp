#include "table_file.hpp"

#include "common/text_file.hpp"

#include <algorithm>

namespace tokend {

std::string read_table(std::filesystem::path const& file, std::string_view header)
{
    return std::filesystem::exists(file) ? plugin::read_text_file(file.string()).text : std::string{header};
}

std::string join_columns(std::vector<std::string> const& columns)
{
    std::string joined;
    for (auto const& column : columns)
        joined += column + ':';
    joined.erase(joined.find_last_not_of(':') + 1);
    return joined;
}

std::string with_line(std::string_view text, std::optional<std::size_t> line, std::string_view record)
{
    std::string changed{text};
    if (!line)
    {
        if (!changed.empty() && changed.back() != '\n')
            changed += '\n';
        return changed.append(record) += '\n';
    }
    std::size_t begin = 0;
    for (std::size_t i = 1; i < *line; ++i)
        begin = changed.find('\n', begin) + 1;
    return changed.replace(begin, std::min(changed.find('\n', begin), changed.size()) - begin, record);
}

}  // namespace tokend

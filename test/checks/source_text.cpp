#include "checks/source_text.hpp"

#include <algorithm>
#include <cctype>
#include <fstream>
#include <set>
#include <sstream>
#include <stdexcept>

namespace tokend::test {
namespace {

namespace fs = std::filesystem;

bool is_first_of_line(std::string_view s, std::size_t at)
{
    auto const line = s.substr(0, at).find_last_of('\n') + 1;  // 0 on the first line
    return s.substr(line, at - line).find_first_not_of(" \t") == s.npos;
}

// Returns the end of the preprocessor line, comment, string or character that begins at `at`; else `at`.
std::size_t end_of_text(std::string_view s, std::size_t at)
{
    auto const behind = [&](std::string_view end, std::size_t from) {
        auto const found = s.find(end, from);
        return found == s.npos ? s.size() : found + end.size();
    };
    auto const rest = s.substr(at);
    if (rest.starts_with("//") || (rest.starts_with('#') && is_first_of_line(s, at)))
        return std::min(s.find('\n', at), s.size());
    if (rest.starts_with("/*"))
        return behind("*/", at + 2);
    if (rest.starts_with("R\""))
        return behind(')' + std::string{rest.substr(2, rest.find('(') - 2)} + '"', at + 2);
    bool const digit_separator = s[at] == '\'' && at > 0 && std::isalnum(static_cast<unsigned char>(s[at - 1]));
    if ((s[at] != '"' && s[at] != '\'') || digit_separator)
        return at;
    auto end = at + 1;
    while (end < s.size() && s[end] != s[at] && s[end] != '\n')
        end += s[end] == '\\' ? 2 : 1;
    return std::min(end + 1, s.size());
}

}  // namespace

std::vector<fs::path> sources_below(fs::path const& folder)
{
    static std::set<std::string> const suffixes{".c", ".h", ".cpp", ".hpp"};
    std::vector<fs::path> files;
    for (auto const& entry : fs::recursive_directory_iterator{folder})
        if (suffixes.contains(entry.path().extension().string()))
            files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    return files;
}

std::string read_text(fs::path const& file)
{
    std::ifstream in{file, std::ios::binary};
    std::ostringstream text;
    text << in.rdbuf();
    if (!in)
        throw std::runtime_error{file.string() + " cannot be read"};
    return text.str();
}

std::string code_of(std::string_view source)
{
    std::string code{source};
    for (std::size_t at = 0; at < source.size();)
    {
        auto const end = end_of_text(source, at);
        std::replace_if(
            code.begin() + static_cast<std::ptrdiff_t>(at), code.begin() + static_cast<std::ptrdiff_t>(end),
            [](char c) { return c != '\n'; }, ' ');
        at = std::max(end, at + 1);
    }
    return code;
}

std::size_t line_of(std::string_view text, std::size_t position)
{
    auto const before = text.substr(0, position);
    return 1 + static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n'));
}

}  // namespace tokend::test

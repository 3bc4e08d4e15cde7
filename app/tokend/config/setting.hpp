#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace tokend {

// A line that an administrator wrote.
struct source_line
{
    std::string where;      // "tokend.conf:12", or "--server.workers" on the command line
    std::size_t order = 0;  // of reading, counted over all sources
};

// `name = value` below `[section]`. An empty name stands for the section line itself.
struct setting
{
    std::string section;
    std::string name;
    std::string value;
    source_line at;
    std::filesystem::path base;  // relative paths in the value are relative to this folder
    bool is_protected = true;    // false: it is in a file that others could change
};

// Collects the mistakes that all steps of reading find.
class mistakes
{
public:
    void add(source_line const& at, std::string_view what);
    bool empty() const noexcept { return found_.empty(); }
    std::vector<std::string> in_order() &&;  // "where: what", in the order of reading

private:
    struct mistake
    {
        std::size_t order;
        std::string line;
    };
    std::vector<mistake> found_;
};

// Describes what is wrong with the bytes of a line, or of a value on the command line: "is not valid UTF-8", "holds a
// control character" or "is longer than 4096 bytes". Returns an empty string for good ones.
std::string bytes_mistake(std::string_view text);

}  // namespace tokend

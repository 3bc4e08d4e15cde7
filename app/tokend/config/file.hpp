#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace tokend {

// A line that an administrator wrote.
struct place
{
    std::string where;      // "tokend.conf:12", or "--server.workers" on the command line
    std::size_t order = 0;  // of reading, over all sources
};

// `name = value` below `[section]`, or, with an empty name, that section line itself.
struct setting
{
    std::string section;
    std::string name;
    std::string value;
    place at;
    std::filesystem::path base;  // relative paths in the value are relative to this folder
    bool is_protected = true;    // false: it is in a file that others could change
};

// What is wrong so far, from whatever step found it.
class mistakes
{
public:
    void add(place const& at, std::string_view what);
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

// What is wrong with the bytes of a line, or of a value on the command line: "is not valid UTF-8", "holds a control character" or
// "is longer than 4096 bytes"; empty if nothing is.
std::string bytes_mistake(std::string_view text);

// A file, or the folder conf.d, that others could change.
struct loose_file
{
    place at;
    std::string what;  // the path at fault, its mode, and the command that mends it
};

struct files_read
{
    std::vector<setting> settings;
    std::vector<loose_file> loose;  // each fault once
};

// Reads the file and conf.d/*.conf beside it, by name. What follows an unknown section or key is read on, so that every mistake
// is found at once; known sections alone come out.
files_read read_files(std::filesystem::path const& file, mistakes& wrong);

}  // namespace tokend

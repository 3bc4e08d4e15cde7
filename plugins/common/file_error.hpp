#pragma once

#include <stdexcept>

namespace tokend::plugin {

// A file that cannot be used. what() is "file:line: what is wrong, what was meant", or "file: what is wrong" if no
// single line is at fault.
class file_error : public std::runtime_error
{
public:
    using std::runtime_error::runtime_error;
};

// A file that could not be read, or whose owner or mode is refused. A later attempt may succeed even if the file does
// not change.
class unreadable_file : public file_error
{
public:
    using file_error::file_error;
};

}  // namespace tokend::plugin

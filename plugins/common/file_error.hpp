#pragma once

#include <stdexcept>

namespace tokend::plugin {

// A file that cannot be used. what(): "file:line: what, what was meant", or "file: what" where it is about no one line.
class file_error : public std::runtime_error
{
public:
    using std::runtime_error::runtime_error;
};

// A file that could not be read, or whose owner or mode is refused. Trying again may succeed although the file stays as
// it is.
class unreadable_file : public file_error
{
public:
    using file_error::file_error;
};

}  // namespace tokend::plugin

#pragma once

#include <stdexcept>

namespace tokend::plugin {

// A file that cannot be used. what(): "file:line: what, what was meant", or "file: what" where it is about no one line.
class file_error : public std::runtime_error
{
public:
    using std::runtime_error::runtime_error;
};

}  // namespace tokend::plugin

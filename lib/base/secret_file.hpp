#pragma once

#include "base/secret.hpp"

#include <cstddef>
#include <string>

namespace tokend {

// Returns the bytes of a file without its last newline. Leaves no copy of them in freed memory. Throws
// std::system_error with the path if the file cannot be read, and std::length_error if it has more than `max_bytes`.
secret read_secret_file(std::string const& path, std::size_t max_bytes);

}  // namespace tokend

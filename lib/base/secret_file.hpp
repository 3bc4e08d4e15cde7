#pragma once

#include "base/secret.hpp"

#include <cstddef>
#include <string>

namespace tokend {

// The bytes of a file without the last newline. No copy of them is left in freed memory. Throws std::system_error where
// it cannot be read, with its path, and std::length_error where it has more than `max_bytes`.
secret read_secret_file(std::string const& path, std::size_t max_bytes);

}  // namespace tokend

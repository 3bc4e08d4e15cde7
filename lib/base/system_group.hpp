#pragma once

#include <sys/types.h>

#include <optional>
#include <string_view>

namespace tokend {

// The number of a group of this system, from its name or from the number itself. Thread-safe.
std::optional<gid_t> find_group(std::string_view name);

}  // namespace tokend

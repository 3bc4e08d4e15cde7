#pragma once

#include <sys/types.h>

#include <optional>
#include <string_view>

namespace tokend {

// The number of a user or a group of this system, from the name or from the number itself. May ask a directory, and
// wait for it. Thread-safe.
std::optional<uid_t> find_user(std::string_view name);
std::optional<gid_t> find_group(std::string_view name);

}  // namespace tokend

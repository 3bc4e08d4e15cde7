#pragma once

#include "app/tokend/config/configuration.hpp"

#include <functional>
#include <string>

namespace tokend {

// Returns true if that option of a backend's plugin holds a path.
using path_option = std::function<bool(backend_options const&, option_setting const&)>;

// The value of every key, below a comment that says where it was set, as a configuration file. It reads back as the same
// configuration from any folder if `is_path` tells which values to make absolute. It holds no secret, because a
// configuration names only the files that hold secrets.
std::string print(configuration const& config, path_option const& is_path = {});

}  // namespace tokend

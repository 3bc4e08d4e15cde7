#pragma once

#include "app/tokend/config/configuration.hpp"

#include <functional>
#include <string>

namespace tokend {

// Returns true if that option of a backend's plugin holds a path.
using path_option = std::function<bool(backend_options const&, option_setting const&)>;

// Returns a configuration file with the value of every key, each below a comment that names where it was set. load()
// reads it as the same configuration, from any folder if `is_path` finds the values to make absolute. The text holds no
// secret, because a configuration names only the files that hold secrets.
std::string print(configuration const& config, path_option const& is_path = {});

}  // namespace tokend

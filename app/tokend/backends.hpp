#pragma once

#include "app/tokend/config/configuration.hpp"
#include "base/reaper.hpp"
#include "credential/backend.hpp"

#include <memory>
#include <string>
#include <vector>

// The backends that a configuration names, with their plugins.
namespace tokend {

// Loads the plugins, and makes and starts the backends, in the order of the configuration. A backend whose last owner
// lets go of it is destroyed by `unused`. Throws std::runtime_error for options that a plugin refuses, and for a
// backend that does not start. REQUIRES: `pool`, `unused` and `log` outlive the backends.
std::vector<std::shared_ptr<backend>> start_backends(configuration const& config, blocking_pool& pool, reaper& unused,
                                                     logger& log);

// Checks a backend's options against its plugin. Appends "where: what" for each mistake.
void check_backend_options(configuration const& config, backend_options const& backend,
                           std::vector<std::string>& errors);
// The same, and has the plugin judge them, with all files that they name, as at a start; for `tokend --check`. A
// backend whose secret this process may not read is not judged further, and the secret counts as good.
void check_backend(configuration const& config, backend_options const& backend, std::vector<std::string>& errors);

// The secrets that check_backend() could not read: "where: what".
std::vector<std::string> hidden_secrets_of(configuration const& config);

// What is doubtful in a good configuration, such as files that others could change: "where: what".
std::vector<std::string> loose_files_of(configuration const& config);

// Returns true if the option holds a path. Loads the backend's plugin.
bool holds_path(configuration const& config, backend_options const& backend, option_setting const& setting);

}  // namespace tokend

#pragma once

#include "credential/backend.hpp"

#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace tokend::test {

// Makes a backend of a plugin in test/fake, loaded as tokend loads it. It has not started. Without an id it has the
// plugin's name. Throws std::runtime_error. REQUIRES: `pool` and `log` outlive it.
inline std::shared_ptr<backend> load_fake(std::string const& plugin, backend_options options, blocking_pool& pool,
                                          logger& log)
{
    if (options.id.empty())
        options.id = plugin;
    options.plugin = plugin;
    auto const library = plugin_library::load(TEST_FAKE_PLUGINS, plugin);
    std::vector<std::string> errors;
    auto const values = check_options(library.options(), options.settings, options.where, errors);
    if (!errors.empty())
        throw std::runtime_error{errors.front()};
    return std::make_shared<backend>(std::move(options), library, values, pool, log);
}

}  // namespace tokend::test

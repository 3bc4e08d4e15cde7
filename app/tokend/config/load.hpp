#pragma once

#include "app/tokend/config/certificates.hpp"
#include "app/tokend/config/command_line.hpp"
#include "app/tokend/config/configuration.hpp"

#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

namespace tokend {

// All mistakes of a configuration, in the order of its lines: "file:line: what is wrong, and what was meant".
class config_errors : public std::runtime_error
{
public:
    explicit config_errors(std::vector<std::string> lines);
    std::vector<std::string> const& lines() const noexcept { return lines_; }  // what() is these, one below the other

private:
    std::vector<std::string> lines_;
};

// Checks a backend's settings against its plugin, which load() itself does not open. Appends each mistake as
// "where: what", `where` being that of a setting or of the backend.
using backend_check =
    std::function<void(configuration const&, backend_options const&, std::vector<std::string>& errors)>;

// Reads the configuration file, conf.d/*.conf beside it, and the command line; what comes later wins. Calls `check` for
// every backend that names a plugin, and sorts its errors among the others. Throws config_errors.
configuration load(command_line const& from, backend_check const& check = {},
                   secret_files secrets = secret_files::needed);

}  // namespace tokend

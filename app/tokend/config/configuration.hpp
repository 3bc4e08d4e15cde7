#pragma once

#include "base/lifetime.hpp"
#include "base/log.hpp"
#include "base/principal.hpp"
#include "credential/options.hpp"
#include "web/options.hpp"

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace tokend {

struct command_line;

enum class log_style
{
    automatic,
    text,
    json
};  // automatic: text on a terminal, else json

struct log_settings
{
    log_level level = log_level::info;
    log_style style = log_style::automatic;
};

struct token_settings
{
    std::size_t capacity = 1'000'000;               // live tokens, hard
    std::size_t principal_room = 0;                 // bytes for principals; 0: as many as the capacity wants
    lifetime_rules lifetimes;                       // of every organisation that does not set its own
    std::chrono::milliseconds sweep_interval{10};   // pause between two slices of giving expired ones back
    std::filesystem::path file;                     // where they survive a restart; empty: nowhere
    std::chrono::milliseconds sync_interval{1000};  // between two times that the file goes to the disk
    bool sync_release = false;                      // a release is on the disk before it is answered

    std::size_t effective_principal_room() const noexcept
    {
        return principal_room != 0 ? principal_room : principal_room_for(capacity);
    }
};

struct organisation_section : organisation_options
{
    std::string id;     // section id
    std::string where;  // of the section, for errors
};

// Everything an administrator can decide. A default-constructed one holds the default of every key.
struct configuration
{
    configuration();

    server_options server;
    std::filesystem::path plugin_directory = TOKEND_PLUGIN_DIRECTORY;
    bool allow_loose_modes = false;  // files that others could change are taken with a warning
    listener_options public_listener;
    http_options http;
    login_options login;
    token_settings tokens;
    log_settings log;
    std::vector<backend_options> backends;            // in the order of their first section line
    std::vector<organisation_section> organisations;  // likewise

    // Where each key that is set was set last: "server.workers" -> "tokend.conf:12" or "--server.workers".
    std::map<std::string, std::string, std::less<>> sources;

    // What was taken although it is doubtful: "where: what".
    std::vector<std::string> warnings;
};

// All that is wrong with a configuration, in the order of its lines: "file:line: what, and what was meant".
class config_errors : public std::runtime_error
{
public:
    explicit config_errors(std::vector<std::string> lines);
    std::vector<std::string> const& lines() const noexcept { return lines_; }  // what() is these, one below the other

private:
    std::vector<std::string> lines_;
};

// Checks a backend's settings against its plugin, which the configuration's reader does not load. Appends what is wrong as
// "where: what", `where` being that of a setting or of the backend.
using backend_check =
    std::function<void(configuration const&, backend_options const&, std::vector<std::string>& errors)>;

// Reads the configuration file, conf.d/*.conf beside it, and the command line; what comes later wins. `check` is asked about
// every backend that names a plugin, its errors are sorted among the others. Throws config_errors.
configuration load(command_line const& from, backend_check const& check = {});

// Whether that option of a backend's plugin holds a path.
using path_option = std::function<bool(backend_options const&, option_setting const&)>;

// The value of every key, below a comment that says where it was set, as a configuration file. It reads back as the same
// configuration from any folder if `is_path` tells which values to make absolute. It holds no secret, because a configuration
// names only the files that do.
std::string print(configuration const& config, path_option const& is_path = {});

// REQUIRES: `terminal` says whether the log goes to one.
log_options make_log_options(log_settings const& settings, bool terminal);

}  // namespace tokend

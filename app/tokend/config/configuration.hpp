#pragma once

#include "base/lifetime.hpp"
#include "base/log.hpp"
#include "base/principal.hpp"
#include "credential/options.hpp"
#include "web/options.hpp"

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace tokend {

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
    log_options options(bool on_terminal) const noexcept;
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
    static listener_options default_listener();  // which there is unless another one is configured

    server_options server;
    std::filesystem::path plugin_directory = TOKEND_PLUGIN_DIRECTORY;
    bool allow_loose_modes = false;  // files that others could change are taken with a warning
    http_options http;
    login_options login;
    token_settings tokens;
    log_settings log;
    std::vector<listener_options> listeners;          // in the order of their first section lines; never empty
    std::vector<backend_options> backends;            // likewise, but may be empty
    std::vector<organisation_section> organisations;  // as the backends

    // Where each key that is set was set last: "server.workers" -> "tokend.conf:12" or "--server.workers".
    std::map<std::string, std::string, std::less<>> sources;

    // What was taken although it is doubtful: "where: what".
    std::vector<std::string> warnings;
};

}  // namespace tokend

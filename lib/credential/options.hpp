#pragma once

#include "base/lifetime.hpp"

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace tokend {

// One key of a backend's section that belongs to its plugin, as the administrator wrote it.
struct option_setting
{
    std::string name;
    std::string value;
    std::string where;           // "tokend.conf:12" or "--backend.staff.users", for errors
    std::filesystem::path base;  // relative paths in the value are relative to this folder
};

enum class on_unavailable
{
    stop,
    next
};  // what an outage of this backend does to the chain behind it

struct backend_options
{
    std::string id;                                                // section id
    std::string plugin;                                            // name of the library
    std::chrono::milliseconds deadline = std::chrono::seconds{5};  // of one question
    std::size_t max_in_flight = 256;                               // questions that wait for a verdict
    tokend::on_unavailable on_unavailable = tokend::on_unavailable::stop;
    // How old the last check of a user may be when a token of it is used, whole seconds; 0: never again. Not set:
    // usual_recheck_interval, where the plugin can check again.
    std::optional<std::chrono::milliseconds> recheck_interval;
    bool allow_loose_modes = false;  // [server] allow-loose-modes, for the plugin
    std::vector<option_setting> settings;
    std::string where;  // of the section, for errors
};

inline constexpr std::chrono::seconds usual_recheck_interval = std::chrono::minutes{5};

struct organisation_options
{
    std::string name;                   // as answers spell it; unique under ASCII case folding
    std::vector<std::string> backends;  // ids, in the order in which they are asked
    lifetime_rules lifetimes;
};

struct login_options
{
    // Every INVALID_CREDENTIALS is answered this long after the question, so that time tells nothing about names.
    std::chrono::milliseconds failure_time = std::chrono::milliseconds{200};
    std::size_t blocking_threads = 0;  // for hashing and for plugins that block; 0: half of the cores, at least one
    std::size_t blocking_queue = 64;   // questions that wait for one of them; more are answered OVERLOADED
};

}  // namespace tokend

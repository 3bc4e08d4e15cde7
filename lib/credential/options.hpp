#pragma once

#include "base/address_set.hpp"
#include "base/lifetime.hpp"
#include "base/rate.hpp"
#include "base/token_limits.hpp"
#include "credential/circuit_breaker.hpp"
#include "credential/lockout_rules.hpp"

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
};  // whether an outage of this backend ends the chain

struct backend_options
{
    std::string id;                                                // section id
    std::string plugin;                                            // name of the library
    std::chrono::milliseconds deadline = std::chrono::seconds{5};  // of one question
    std::size_t max_in_flight = 256;                               // logins that wait for a verdict
    std::size_t max_queued = 256;                                  // logins that wait for a place among these
    breaker_rules breaker;
    tokend::on_unavailable on_unavailable = tokend::on_unavailable::stop;
    // The age of a user's last check from which the use of a token causes another one, in whole seconds; 0: no checks.
    // Not set: usual_recheck_interval, if the plugin can check users again.
    std::optional<std::chrono::milliseconds> recheck_interval;
    bool allow_loose_modes = false;  // [server] allow-loose-modes, for the plugin
    std::vector<option_setting> settings;
    std::string where;  // of the section, for errors
};

inline constexpr std::chrono::seconds usual_recheck_interval = std::chrono::minutes{5};

struct organisation_options
{
    std::string name;                   // in the spelling of responses; unique under ASCII case folding
    std::vector<std::string> backends;  // ids, in the order in which they are asked
    lifetime_rules lifetimes;
    lockout_rules lockout;
    token_limits limits{.max_sessions = 10'000};
    rate_limit rate;              // of logins
    address_set allow_addresses;  // of clients that may log in; empty: all
    address_set deny_addresses;   // of these, those that may not
};

struct login_options
{
    // The time from a login to its INVALID_CREDENTIALS, at least, so that timing reveals no names. 0: it does not wait.
    std::chrono::milliseconds failure_time = std::chrono::milliseconds{200};
    std::size_t blocking_threads = 0;  // for hashing and for plugins that block; 0: half of the cores, at least one
    std::size_t blocking_queue = 64;   // logins that wait for such a thread; more are refused as OVERLOADED
    lockout_rules lockout;             // of organisations that do not set their own, and of unknown ones
};

}  // namespace tokend

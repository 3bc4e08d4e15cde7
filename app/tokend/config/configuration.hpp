#pragma once

#include "app/tokend/config/portion.hpp"
#include "audit/options.hpp"
#include "base/lifetime.hpp"
#include "base/log.hpp"
#include "base/principal.hpp"
#include "credential/options.hpp"
#include "web/options.hpp"

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace tokend {

enum class log_style
{
    automatic,  // text on a terminal, journal under systemd, else json
    text,
    json,
    journal
};

struct log_settings
{
    log_level level = log_level::info;
    log_style style = log_style::automatic;
    log_options options(log_format by_default) const noexcept;  // for style automatic
};

struct token_settings
{
    std::size_t capacity = 1'000'000;               // hard limit of live tokens
    std::size_t principal_room = 0;                 // bytes for principals; 0: in proportion to the capacity
    lifetime_rules lifetimes;                       // of organisations that do not set their own
    std::chrono::milliseconds sweep_interval{10};   // pause between two slices of removing expired tokens
    std::filesystem::path file;                     // holds the tokens over a restart; empty: none does
    std::chrono::milliseconds sync_interval{1000};  // between two writes of the file to the disk
    bool sync_release = false;                      // answer a release only when it is on the disk

    std::size_t effective_principal_room() const noexcept
    {
        return principal_room != 0 ? principal_room : principal_room_for(capacity);
    }
};

struct organisation_section : organisation_options
{
    std::string id;                     // section id
    std::optional<portion> max_tokens;  // of the capacity; not set: see configuration::max_tokens_of()
    std::string where;                  // of the section, for errors
};

// Everything that an administrator can decide. By default, every key has its default value.
struct configuration
{
    configuration();
    static listener_options default_listener();  // used if no listener is configured

    std::filesystem::path file;  // that it was read from

    server_options server;
    std::filesystem::path plugin_directory = TOKEND_PLUGIN_DIRECTORY;
    bool allow_loose_modes = false;  // files that others could change are accepted, with a warning
    http_options http;
    admin_options admin;
    login_options login;
    token_settings tokens;
    log_settings log;
    audit_options audit;
    std::vector<listener_options> listeners;          // at least one; in the order of their first section lines
    std::vector<backend_options> backends;            // in the same order
    std::vector<organisation_section> organisations;  // in the same order

    // For each key that is set, where it was set last: "server.workers" -> "tokend.conf:12" or "--server.workers".
    std::map<std::string, std::string, std::less<>> sources;

    // Accepted although doubtful: "where: what".
    std::vector<std::string> warnings;

    // The part of the capacity that an organisation may use. By default half of it, so that one organisation leaves the
    // others the rest, and all of it for an only organisation.
    portion max_tokens_of(organisation_section const& o) const noexcept;
};

}  // namespace tokend

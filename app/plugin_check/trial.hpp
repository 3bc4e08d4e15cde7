#pragma once

#include "app/plugin_check/plan.hpp"
#include "app/plugin_check/recording_host.hpp"

#include "credential/plugin.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tokend {

// The kinds of credentials that a plugin takes.
std::vector<tokend_kind> kinds_of(plugin_library const& library);
bool blocks(plugin_library const& library, tokend_kind kind) noexcept;

// Credentials that no directory has: a random name, and a random secret.
presented nobody(tokend_kind kind);

// The configured values, as the host gives them to create(). Fails the check if the settings do not fit the table.
option_values values_of(plugin_library const& library, plan const& p);

// One instance of the plugin, from create() to destroy(). Its functions call those of the plugin, lend it the memory
// that the contract says, and fail the check when the plugin breaks a rule. Thread-safe after start().
class trial
{
public:
    explicit trial(plan const& p, std::unique_ptr<recording_host> host = std::make_unique<recording_host>());
    ~trial();  // stops and destroys it
    trial(trial const&) = delete;

    void start();
    void stop();
    void destroy();

    enum class call
    {
        authenticate,
        explain  // REQUIRES: the plugin has it
    };
    // Asks on this thread, and returns when the plugin has.
    tokend_ticket send(presented const& what, std::chrono::nanoseconds left, call how = call::authenticate);
    tokend_ticket send(presented const& what, call how = call::authenticate);
    // Returns the answer. There must be one before the deadline.
    verdict answer(tokend_ticket ticket, std::string_view rule_of_silence = rule::once);
    verdict ask(presented const& what, call how = call::authenticate) { return answer(send(what, how)); }

    // REQUIRES: the plugin has the function.
    tokend_ticket recheck(std::string const& username, std::string const& subject_id);
    bool knows(presented const& what);
    void decoy(presented const& what);
    void cancel(tokend_ticket ticket);
    struct condition
    {
        int returned;
        std::string text;
    };
    condition health();
    condition reload();

    plugin_library const& library() const noexcept { return library_; }
    recording_host& host() noexcept { return *host_; }

private:
    plan const& plan_;
    plugin_library const library_;
    std::unique_ptr<recording_host> const host_;
    void* instance_ = nullptr;
    bool started_ = false;
};

// The text that a plugin wrote into a buffer of the host's. Fails the check unless it is one line. `function` is the
// plugin's.
std::string one_line(std::string_view function, std::span<char const> buffer, std::string_view rule);

// Calls create() with these values, and returns null and the line if the plugin refuses them.
struct creation
{
    void* instance;
    std::string error;
};
creation create(plugin_library const& library, option_values const& values, tokend_host const& host,
                std::size_t error_size = 1024);
void destroy(plugin_library const& library, void* instance);

}  // namespace tokend

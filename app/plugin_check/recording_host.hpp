#pragma once

#include "app/plugin_check/lent_memory.hpp"
#include "app/plugin_check/rules.hpp"

#include "credential/verdict.hpp"

#include "tokend/plugin.h"

#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tokend {

// The host that a plugin under check sees. Keeps every answer, and fails the check when an answer or a log line breaks
// a rule. Thread-safe.
class recording_host
{
public:
    // `size` is the size of an older host's struct, or that of today's.
    // `first` is the first ticket. An answer to a ticket of another host breaks the rule `strangers`.
    explicit recording_host(std::size_t size = sizeof(tokend_host), tokend_ticket first = 1,
                            std::string_view strangers = rule::once);
    recording_host(recording_host const&) = delete;

    tokend_host const& get() const noexcept { return *host_; }

    // No reason, step or log line may hold this text from now on. Short ones occur by chance: they do not count.
    void guard(std::string_view secret);

    // A ticket for a new question. `what` describes the question for reports.
    tokend_ticket open(std::string what);
    // Returns the answer; nothing if it is not there in time.
    std::optional<verdict> wait(tokend_ticket ticket, std::chrono::steady_clock::time_point until);
    std::string what(tokend_ticket ticket) const;

    void stopped();    // stop() has returned: an answer breaks a rule from now on
    void destroyed();  // so does every other call

    // Marks a call of the plugin on this thread that may answer after stop().
    class pool_call
    {
    public:
        pool_call() noexcept;
        ~pool_call();
        pool_call(pool_call const&) = delete;
    };

private:
    struct question
    {
        std::string what;
        std::optional<verdict> answer{};
    };

    static void done(void* self, tokend_ticket ticket, tokend_answer const* answer) noexcept;
    static void log(void* self, std::uint32_t level, tokend_string text) noexcept;
    static void changed(void* self) noexcept;
    void take(tokend_ticket ticket, tokend_answer const* answer);
    void require_alive(std::string_view function) const;
    void require_no_secret(std::string_view text, std::string_view where, std::string_view rule) const;

    lent_memory memory_;
    tokend_host* host_;
    std::string_view const strangers_;
    mutable std::mutex mutex_;  // guards the members below
    std::condition_variable answered_;
    std::map<tokend_ticket, question> questions_;
    std::vector<std::string> secrets_;
    tokend_ticket next_;
    bool stopped_ = false;
    bool destroyed_ = false;
};

}  // namespace tokend

#pragma once

#include "base/counts.hpp"
#include "base/log.hpp"
#include "base/recheck.hpp"
#include "base/task.hpp"
#include "credential/blocking_pool.hpp"
#include "credential/circuit_breaker.hpp"
#include "credential/plugin_instance.hpp"
#include "credential/question.hpp"
#include "credential/single_flight.hpp"
#include "credential/tickets.hpp"
#include "credential/turnstile.hpp"
#include "credential/verdict.hpp"

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace tokend {

// One configured instance of a plugin, and its bounds: a deadline for each question, a limit on questions in flight and
// a queue for more, a breaker for outages, and the blocking pool for calls that block. Logins that are the same at the
// same time are one question. Thread-safe after start().
class backend : public std::enable_shared_from_this<backend>
{
public:
    // Creates the instance. Throws std::runtime_error with the section and the plugin's reason.
    // REQUIRES: `pool` and `log` outlive this object.
    backend(backend_options options, plugin_library library, option_values const& values, blocking_pool& pool,
            logger& log);
    ~backend();
    backend(backend const&) = delete;

    void start();  // throws like the constructor
    // Ends every wait with the verdict `unavailable`, then stops the plugin, which may take long. Answers of the plugin
    // are ignored from now on.
    void stop();

    std::string const& id() const noexcept { return options_.id; }
    tokend::on_unavailable on_unavailable() const noexcept { return options_.on_unavailable; }
    bool takes(credentials::kind kind) const noexcept { return plugin_.takes(kind); }
    // Says the plugin, and whether the breaker is closed.
    bool healthy() const;
    // The last login that it could not answer.
    struct outage
    {
        std::string reason;
        std::chrono::steady_clock::time_point at;
    };
    // How it is at this moment, for operators.
    struct condition
    {
        std::string_view plugin;  // its name and version
        std::string_view version;
        bool can_answer = true;     // says the plugin
        std::string reason;         // why it cannot
        bool is_open = false;       // the breaker
        std::size_t in_flight = 0;  // logins that wait for a verdict
        std::size_t queued = 0;     // logins that wait for a place among these
        std::optional<outage> last_outage{};
    };
    condition state() const;
    shared_time_counts const& times() const noexcept { return times_; }  // of logins, from question to verdict

    // Loop thread only. REQUIRES: the caller keeps this backend alive until the task has ended, also in the next one.
    [[nodiscard]] task<verdict> ask(std::shared_ptr<question const> q);
    // Computes on the pool what the costliest check of such a secret costs, under the bounds of ask(). The verdict is
    // `no_such_user`, or what the bounds make of it. REQUIRES: decoy_effort() is not zero.
    [[nodiscard]] task<verdict> ask_decoy(std::shared_ptr<question const> q);
    // The processor time of a decoy for that kind of credentials, as it was at the last one. Zero: this plugin has
    // none. The longest time there is: it is not known yet.
    std::chrono::nanoseconds decoy_effort(credentials::kind kind) const noexcept;

    // What ask() would answer, with the steps of a plugin that explains. Without a secret everything else is checked,
    // if the plugin can do that. Asks behind an open breaker too, and changes neither the breaker nor times().
    [[nodiscard]] task<verdict> explain(std::shared_ptr<question const> q);

    // Interval 0: this backend does not check its users again when their tokens are used.
    recheck_rules const& rechecks() const noexcept { return rechecks_; }
    bool can_recheck() const noexcept { return library_.recheck() != nullptr; }
    // Returns true if the plugin holds a whole source in memory, such as a file, which may have changed while tokend
    // was down.
    bool holds_source() const noexcept { return library_.descriptor().reload != nullptr; }
    // Asks whether the user still exists and may still log in. Like ask(), but with a bound of its own, check_bound(),
    // so that checks leave room for logins. The verdict is `overloaded` if the bound is reached. REQUIRES:
    // can_recheck().
    [[nodiscard]] task<verdict> ask_again(subject who);
    std::size_t check_bound() const noexcept { return check_bound_; }

    // Makes the backend call `report` after each change of the plugin's source, and now if one was not reported yet.
    // The calls come from any thread, under a lock. With an empty function no call is under way after the return.
    void when_changed(std::function<void()> report);

private:
    enum class purpose
    {
        check,
        decoy,
        explanation
    };
    struct landing;

    task<verdict> ask_once(std::shared_ptr<question const> q);
    task<verdict> ask_plugin(std::shared_ptr<question const> q, purpose why);
    single_flight::digest digest_of(question const& q, purpose why) const;
    bool hand_over(std::shared_ptr<question const> q, purpose why, tokend_ticket ticket,
                   std::chrono::nanoseconds deadline, std::shared_ptr<single_flight::flight> flight);
    void consult(question const& q, purpose why, tokend_ticket ticket, std::chrono::nanoseconds deadline) noexcept;
    void work(question const& q, purpose why, tokend_ticket ticket, std::chrono::nanoseconds deadline) noexcept;
    verdict compute_decoy(question const& q) noexcept;
    void forget_efforts() noexcept;
    void note_outage(std::string const& reason) noexcept;

    static void done(void* context, tokend_ticket ticket, tokend_answer const* answer) noexcept;
    static void changed(void* context) noexcept;
    static void write_log(void* context, std::uint32_t level, tokend_string text) noexcept;

    backend_options const options_;
    plugin_library const library_;
    blocking_pool& pool_;
    logger& log_;
    tokend_host const host_;
    plugin_instance plugin_;
    recheck_rules const rechecks_;
    std::size_t const check_bound_;
    circuit_breaker breaker_;  // of logins
    turnstile places_;         // of logins, and the queue for them
    tickets logins_;
    single_flight flights_;
    shared_time_counts times_;
    std::array<std::atomic<std::int64_t>, 3> decoy_effort_;  // by kind, in ns
    tickets checks_;                                         // their tickets carry check_ticket
    std::atomic<std::uint64_t> changes_{0};                  // how often the plugin's source has changed
    mutable std::mutex outage_mutex_;                        // guards last_outage_
    std::optional<outage> last_outage_;
    std::mutex change_mutex_;  // guards the two below
    std::function<void()> report_change_;
    bool unreported_change_ = false;
};

// Returns true if the check of a secret was so much cheaper than a decoy that it needs a decoy as well.
constexpr bool is_cheap(std::chrono::nanoseconds effort, std::chrono::nanoseconds decoy) noexcept
{
    return effort < decoy / 2;
}

// Copies and checks a plugin's answer. An unknown verdict, a missing user name and a principal that is too large become
// `unavailable` with a reason.
[[nodiscard]] verdict read_answer(tokend_answer const* answer);

}  // namespace tokend

#pragma once

#include "base/log.hpp"
#include "base/recheck.hpp"
#include "base/task.hpp"
#include "credential/blocking_pool.hpp"
#include "credential/credentials.hpp"
#include "credential/plugin.hpp"
#include "credential/tickets.hpp"
#include "credential/verdict.hpp"

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

namespace tokend {

// What a backend is asked: shared, because a plugin's thread may still read it when nobody waits any more.
struct question
{
    std::shared_ptr<credentials const> presented;
    std::string organisation;  // in the configured spelling
    asker from;
};

// Whom a backend is asked about again; it has accepted this one before.
struct subject
{
    std::string username;    // as the backend spelled it
    std::string subject_id;  // as the backend gave it; may be empty
    std::string organisation;
    std::string request_id;
};

// One configured instance of a plugin, with the bounds around it: a deadline for each question, a limit of questions in flight,
// and the blocking pool for what blocks. Thread-safe once started.
class backend : public std::enable_shared_from_this<backend>
{
public:
    // Creates the instance. Throws std::runtime_error naming the section and what the plugin says.
    // REQUIRES: `pool` and `log` outlive this object.
    backend(backend_options options, plugin_library library, option_values const& values, blocking_pool& pool,
            logger& log);
    ~backend();
    backend(backend const&) = delete;

    void start();  // throws as the constructor does
    // No question is answered by the plugin any more; those that wait are answered `unavailable`. May take as long as the plugin does.
    void stop();
    // Has the plugin read its sources again, and logs how that went. May block.
    void reload();

    std::string const& id() const noexcept { return options_.id; }
    tokend::on_unavailable on_unavailable() const noexcept { return options_.on_unavailable; }
    bool takes(credentials::kind kind) const noexcept;
    bool healthy() const;

    // On a worker's loop. The questioner must keep this backend alive until it has the answer.
    [[nodiscard]] task<verdict> ask(std::shared_ptr<question const> q);

    // Interval 0: no use of a token has its user checked again here.
    recheck_rules const& rechecks() const noexcept { return rechecks_; }
    bool can_recheck() const noexcept { return library_.recheck() != nullptr; }
    // Does it read a source that it holds as a whole, a file? Such a source may have changed while tokend was down.
    bool holds_source() const noexcept { return library_.descriptor().reload != nullptr; }
    // Is the user still there, and may they still log in? As ask(), but within a bound of its own, so that logins find room however
    // many are checked; `overloaded` if it is reached. REQUIRES: can_recheck().
    [[nodiscard]] task<verdict> ask_again(subject who);
    std::size_t check_bound() const noexcept { return check_bound_; }

    // Calls `tell` whenever the plugin's source has changed, and at once if it has before; on any thread, under a lock. Empty:
    // nobody is called; then no call is under way either.
    void when_changed(std::function<void()> tell);

private:
    task<verdict> ask_once(std::shared_ptr<question const> q);
    template <class Call>
    void on_loop(std::string_view function, Call&& call) const noexcept;
    bool hand_over(std::shared_ptr<question const> q, tokend_ticket ticket, std::chrono::nanoseconds deadline);
    void authenticate(question const& q, tokend_ticket ticket, std::chrono::nanoseconds deadline) noexcept;
    void recheck(subject const& who, tokend_ticket ticket, std::chrono::nanoseconds deadline) noexcept;
    void cancel(tokend_ticket ticket) noexcept;

    static void done(void* context, tokend_ticket ticket, tokend_answer const* answer) noexcept;
    static void changed(void* context) noexcept;
    static void write_log(void* context, std::uint32_t level, tokend_string text) noexcept;

    backend_options const options_;
    plugin_library const library_;
    blocking_pool& pool_;
    logger& log_;
    tokend_host const host_;
    recheck_rules const rechecks_;
    std::size_t const check_bound_;
    tickets logins_;
    tickets checks_;                         // their tickets bear a mark
    std::atomic<std::uint64_t> changes_{0};  // of the plugin's source
    std::mutex telling_;                     // guards the two below
    std::function<void()> tell_change_;
    bool untold_change_ = false;
    void* instance_ = nullptr;
    bool started_ = false;
};

// What a plugin answered, copied and checked: a verdict that is none, a missing user name or a principal that is too large become
// `unavailable` with a reason.
[[nodiscard]] verdict read_answer(tokend_answer const* answer);

}  // namespace tokend

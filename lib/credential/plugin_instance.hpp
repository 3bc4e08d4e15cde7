#pragma once

#include "base/log.hpp"
#include "credential/plugin.hpp"
#include "credential/question.hpp"

#include <chrono>
#include <string_view>

namespace tokend {

// One instance of a plugin: the functions of its descriptor. Those that must return at once are called on event loops,
// and a warning is logged if they do not. Thread-safe after start().
class plugin_instance
{
public:
    // Creates it. Throws std::runtime_error with the section and the plugin's reason.
    // REQUIRES: `options`, `host` and `log` outlive this object.
    plugin_instance(backend_options const& options, plugin_library library, option_values const& values,
                    tokend_host const& host, logger& log);
    ~plugin_instance();  // stops it
    plugin_instance(plugin_instance const&) = delete;

    void start();  // throws like the constructor
    void stop();

    bool takes(credentials::kind kind) const noexcept;
    bool blocks(credentials::kind kind) const noexcept;  // such questions, and decoys, belong on a blocking pool
    bool is_healthy() const noexcept;
    std::string trouble() const;  // why the plugin cannot answer now; empty: it can

    // Returns false if the name is certainly unknown.
    bool may_know(question const& q) const noexcept;
    // `deadline` is on the scale of boot_time(), as in recheck().
    void authenticate(question const& q, tokend_ticket ticket, std::chrono::nanoseconds deadline) const noexcept;
    // Like authenticate(), of a plugin that explains. The others are asked as in a login. REQUIRES: can_explain(), or
    // the question has a secret.
    void explain(question const& q, tokend_ticket ticket, std::chrono::nanoseconds deadline) const noexcept;
    bool can_explain() const noexcept { return library_.explain() != nullptr; }
    bool has_decoy(credentials::kind kind) const noexcept;
    void decoy(question const& q) const noexcept;  // REQUIRES: has_decoy()
    void recheck(subject const& who, tokend_ticket ticket, std::chrono::nanoseconds deadline) const noexcept;
    void cancel(tokend_ticket ticket) const noexcept;

private:
    template <class Call>
    void on_loop(std::string_view function, Call&& call) const noexcept;
    template <class Function>
    void ask(std::string_view name, Function function, question const& q, tokend_ticket ticket,
             std::chrono::nanoseconds deadline) const noexcept;

    backend_options const& options_;
    plugin_library const library_;
    logger& log_;
    void* instance_ = nullptr;
    bool started_ = false;
};

}  // namespace tokend

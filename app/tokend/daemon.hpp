#pragma once

#include "app/tokend/audit.hpp"
#include "app/tokend/certificate_watch.hpp"
#include "app/tokend/config/configuration.hpp"
#include "app/tokend/listeners.hpp"
#include "app/tokend/predecessor.hpp"
#include "app/tokend/reload.hpp"
#include "app/tokend/request_sampler.hpp"
#include "app/tokend/service_manager.hpp"
#include "app/tokend/setup.hpp"
#include "app/tokend/shutdown.hpp"
#include "app/tokend/successor_watch.hpp"
#include "app/tokend/systemd.hpp"
#include "app/tokend/token_store.hpp"
#include "app/tokend/wall_clock_watch.hpp"
#include "base/clock.hpp"
#include "base/inherited_sockets.hpp"
#include "base/log.hpp"
#include "base/reaper.hpp"
#include "credential/authenticator.hpp"
#include "credential/blocking_pool.hpp"
#include "credential/lockout.hpp"
#include "table/sweeper.hpp"
#include "table/table.hpp"
#include "tablefile/tokens_file.hpp"
#include "token/session_owner.hpp"
#include "token/sessions.hpp"
#include "upkeep/configured_sources.hpp"
#include "upkeep/source_watch.hpp"
#include "web/net/worker.hpp"
#include "web/process_control.hpp"
#include "web/services.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace tokend {

// The time limit from the first stop signal to the end of the process.
std::chrono::milliseconds time_to_stop(server_options const& options) noexcept;

// Owns every part, and is the only place that connects them. The members are in start order, so that they are destroyed
// in the order of stopping.
class daemon : private process_control
{
public:
    // Loads plugins, creates and starts backends, binds listeners. Throws std::runtime_error for a configuration that
    // cannot work, and std::system_error for an address that cannot be bound.
    daemon(configuration const& config, configuration_source read_again, shutdown& stop, service_environment systemd,
           taken_over before);
    ~daemon();
    daemon(daemon const&) = delete;

    // Serves until SIGTERM, SIGINT or SIGQUIT, drains, and returns. On SIGHUP the configuration is read again. From
    // the stop signal to the end of the destructor, `stop` watches the time, and ends the process when the limit has
    // passed.
    void run();

private:
    // Is the last member, so that the time limit of a stop also holds for a constructor that fails.
    struct ending
    {
        ~ending();
        shutdown& stop;
    };

    void obey(int signal, std::shared_ptr<void const> const& until_done);
    void save();
    task<void> drain();
    void reload(std::shared_ptr<void const> until_done);
    void begin_reload();
    void finish_reload(std::variant<prepared, refused_lines> result);
    void replace(prepared next);
    void log_reload() noexcept;
    process_status describe() override;
    void append_metrics(metrics_text& to) override;
    void show_fronts();
    void show_reload(bool was_good);
    void print_configuration(std::function<void(std::string)> done) override;
    void reload(std::function<void(std::vector<std::string>)> done) override;
    void renew_certificates();
    void begin_end_unconfigured(std::weak_ptr<setup const> const& before);
    task<void> end_unconfigured(std::weak_ptr<setup const> before);
    void end_for(pid_t successor);
    void note_take_over(taken_over const& before);
    std::string status() const;
    void say_ready();
    void say_stopped();
    std::optional<restored_owner> owner_of(std::span<char const> principal);
    std::size_t connections() const noexcept;

    inherited_sockets inherited_;
    configuration config_;  // changes on the thread that calls run(), and only while no reload is prepared
    configuration_source const read_again_;
    clock clock_;
    logger log_;
    token_shares shares_;                     // of all setups
    std::unique_ptr<audit_log> const audit_;  // null if none is configured
    table table_;
    std::uint64_t const table_max_bytes_ = table::most_bytes(table_options_of(config_));
    configured_sources const sources_;                // of the start
    std::atomic<bool> restored_unconfigured_{false};  // the file has tokens whose source is not configured
    std::unique_ptr<tokens_file> file_;               // null if none is configured
    sweeper sweeper_;
    sessions sessions_;
    blocking_pool pool_;
    blocking_pool reloads_;  // of its own, so that a source that hangs delays no login
    reaper unused_backends_;
    lockouts failed_logins_;  // of all setups
    std::shared_ptr<setup const> setup_;
    std::chrono::sys_seconds const start_time_ = whole_seconds(clock_.now());
    services services_;
    source_watch source_watch_;
    std::shared_ptr<ticket_keys> const tickets_ = std::make_shared<ticket_keys>();  // outlives all TLS contexts
    std::vector<std::unique_ptr<worker>> workers_;  // outlive what is accepted for them on the next loop
    asio::io_context control_{1};                   // signals and acceptors, on the thread that calls run()
    asio::executor_work_guard<executor> keep_running_{control_.get_executor()};
    wall_clock_watch wall_clock_{control_, clock_, log_};
    certificate_watch certificates_{control_, clock_, log_, [this] { renew_certificates(); }};
    request_sampler sampler_{control_, services_};
    service_manager manager_;
    listeners listeners_{control_, inherited_, workers_, log_};
    successor_watch successors_{
        control_,
        log_,
        {.sockets = [this] { return listeners_.passed_on(); }, .end = [this](pid_t successor) { end_for(successor); }}};
    // What metrics and the status show of what only the control thread may read otherwise.
    struct shown
    {
        fronts offered;
        std::vector<listeners::bound> addresses;
        bool reload_was_good = true;
        std::chrono::sys_seconds configured_at{};
    };
    std::mutex shown_mutex_;  // guards shown_
    shown shown_;
    bool is_replaced_ = false;         // another process accepts on the sockets
    std::string reason_to_stop_;       // for the log
    bool reloading_ = false;           // a reload is being prepared
    bool reload_again_ = false;        // a signal has come since it began
    bool renew_after_reload_ = false;  // certificates have changed since it began
    std::vector<std::function<void(std::vector<std::string>)>> reload_reports_;      // are called after the next reload
    std::vector<std::function<void(std::vector<std::string>)>> reports_after_next_;  // ... after the one behind it
    std::vector<std::shared_ptr<void const>> until_reloaded_;  // the service manager waits while these exist
    ending ending_;
};

}  // namespace tokend

#pragma once

#include "app/tokend/config.hpp"
#include "base/clock.hpp"
#include "base/log.hpp"
#include "credential/authenticator.hpp"
#include "credential/blocking_pool.hpp"
#include "table/commit_queue.hpp"
#include "table/sweeper.hpp"
#include "table/table.hpp"
#include "table/tokens_file.hpp"
#include "token/session_owner.hpp"
#include "token/sessions.hpp"
#include "web/configured_sources.hpp"
#include "web/listener.hpp"
#include "web/services.hpp"
#include "web/source_watch.hpp"
#include "web/worker.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>

#include <atomic>
#include <csignal>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace tokend {

// The token table that a configuration asks for.
table_options table_options_of(configuration const& config);

// Owns every part and knows how they hang together; the only place that does. Members stand in start order, so destruction is
// the order of stopping.
class daemon
{
public:
    // Loads plugins, creates and starts backends, binds listeners. Throws std::runtime_error for a configuration that cannot work
    // and std::system_error for an address that cannot be had.
    explicit daemon(configuration const& config);
    ~daemon();
    daemon(daemon const&) = delete;

    // Serves until SIGTERM or SIGINT, drains, and returns. SIGHUP has the backends read their files again. Where a plugin does not
    // stop within drain-timeout, the process ends here with status 0, destroying nothing that the plugin may still touch.
    void run();

private:
    task<void> obey_signals();
    task<void> drain();
    void reload();
    std::optional<std::string> identity_of(std::span<char const> principal);
    void stop_backends() noexcept;
    std::size_t connections() const noexcept;

    configuration const config_;
    clock clock_;
    logger log_;
    table table_;
    configured_sources const sources_;
    std::atomic<bool> restored_unconfigured_{false};  // the file has tokens from elsewhere
    std::unique_ptr<tokens_file> file_;               // null: none is configured
    sweeper sweeper_;
    sessions sessions_;
    blocking_pool pool_;
    blocking_pool reloads_;  // a source that hangs holds no login
    std::shared_ptr<snapshot const> snapshot_;
    services services_;
    source_watch source_watch_;
    asio::io_context control_{1};  // signals and acceptors, on the thread that calls run()
    asio::basic_signal_set<executor> signals_{control_.get_executor(), SIGTERM, SIGINT,
                                              SIGHUP};  // caught before anything is ready
    std::vector<std::unique_ptr<worker>> workers_;
    std::unique_ptr<commit_queue> commits_;  // posts to workers; null: releases do not wait for the disk
    std::vector<std::unique_ptr<listener>> listeners_;
    std::chrono::steady_clock::time_point stop_by_ = std::chrono::steady_clock::time_point::min();  // set by drain()
};

// Checks a backend's options against its plugin; appends "where: what" for each mistake.
void check_backend_options(configuration const& config, backend_options const& backend,
                           std::vector<std::string>& errors);
// The same, and lets the plugin judge them, files and all, as at a start; for `tokend --check`.
void check_backend(configuration const& config, backend_options const& backend, std::vector<std::string>& errors);

}  // namespace tokend

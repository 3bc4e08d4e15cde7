#include "app/tokend/daemon.hpp"

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/co_spawn.hpp>

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <condition_variable>
#include <csignal>
#include <cstdio>
#include <mutex>
#include <stdexcept>
#include <thread>

namespace tokend {
namespace {

using namespace std::chrono_literals;
using steady = std::chrono::steady_clock;
using steady_timer = asio::basic_waitable_timer<steady, asio::wait_traits<steady>, executor>;

std::vector<organisation_options> organisations_of(configuration const& config)
{
    return {config.organisations.begin(), config.organisations.end()};
}

std::shared_ptr<snapshot const> make_snapshot(configuration const& config, blocking_pool& pool, logger& log)
{
    std::vector<std::shared_ptr<backend>> backends;
    for (auto const& options : config.backends)
    {
        auto const library = plugin_library::load(config.plugin_directory, options.plugin);
        std::vector<std::string> errors;
        auto const values = check_options(library.options(), options.settings, options.where, errors);
        if (!errors.empty())
            throw std::runtime_error{errors.front()};
        backends.push_back(std::make_shared<backend>(options, library, values, pool, log));
    }
    for (auto const& b : backends)
        b->start();
    return std::make_shared<snapshot const>(
        snapshot{config.http, authenticator{std::move(backends), organisations_of(config), config.login.failure_time}});
}

// As many descriptors as the system lets us have, and a cap on connections that leaves some for files and plugins.
std::size_t connection_cap(std::size_t wanted, logger& log)
{
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
    constexpr rlim_t reserve = 64;
    auto const possible = limit.rlim_cur > 2 * reserve ? limit.rlim_cur - reserve : limit.rlim_cur;
    if (possible < wanted)
        log.warning("fewer connections than server.max-connections, because of the limit on open files",
                    {{"connections", static_cast<std::int64_t>(possible)}});
    return std::min<std::size_t>(wanted, possible);
}

std::size_t worker_count(std::size_t configured) noexcept
{
    return configured != 0 ? configured : std::max(1U, std::thread::hardware_concurrency());
}

std::unique_ptr<tokens_file> open_tokens_file(configuration const& config, table& kept, clock& now, logger& log,
                                              identify identity_of)
{
    if (config.tokens.file.empty())
        return nullptr;
    auto opened = std::make_unique<tokens_file>(
        kept, table_options_of(config), now, std::move(identity_of), log,
        tokens_file_options{.path = config.tokens.file, .sync_interval = config.tokens.sync_interval});
    auto const& found = opened->restored();
    log.info("tokens file", {{"file", config.tokens.file.string()},
                             {"live", static_cast<std::int64_t>(found.live)},
                             {"expired", static_cast<std::int64_t>(found.expired)},
                             {"damaged", static_cast<std::int64_t>(found.damaged)}});
    return opened;
}

// Reports a job that holds a thread of a pool, a login or a reload.
blocking_pool::reporter report_to(logger& log, std::string_view what)
{
    return [&log, what](blocking_pool::overdue_job const& job) {
        log.error(what,
                  {{"backend", job.whose},
                   {"runs_longer_than_ms", static_cast<std::int64_t>(job.limit.count())},
                   {"thread", job.replaced ? "replaced" : "not replaced: there are twice as many as configured"}});
    };
}

void say_ready(listener_options const& options, listener const& l)
{
    std::printf("listening %s %s\n", options.name.c_str(), l.bound_to().c_str());
    std::fflush(stdout);
}

}  // namespace

table_options table_options_of(configuration const& config)
{
    return {.capacity = config.tokens.capacity, .record_bytes = config.tokens.effective_principal_room()};
}

daemon::daemon(configuration const& config)
    : config_{config},
      log_{clock_, make_log_options(config.log, ::isatty(STDERR_FILENO) != 0)},
      table_{table_options_of(config)},
      sources_{organisations_of(config)},
      file_{open_tokens_file(config, table_, clock_, log_, [this](auto principal) { return identity_of(principal); })},
      sweeper_{table_, clock_, sweeper_options{.interval = config.tokens.sweep_interval}},
      sessions_{table_},
      pool_{config.login.blocking_threads, config.login.blocking_queue,
            report_to(log_, "a login holds a hashing thread for too long")},
      reloads_{1, config.backends.size(), report_to(log_, "reading a backend's sources again takes too long")},
      snapshot_{make_snapshot(config, pool_, log_)},
      services_{sessions_, clock_, log_},
      source_watch_{services_, snapshot_->authenticator.backends()}
{
    if (restored_unconfigured_)
        release_unconfigured(sessions_, sources_, clock_.now(), log_);
    bool const release_on_disk = file_ && config_.tokens.sync_release;
    if (release_on_disk)
        commits_ = std::make_unique<commit_queue>(*file_, log_);
    services_.commits = commits_.get();
    auto const cap = connection_cap(config_.server.max_connections, log_);
    for (std::size_t i = 0; i < worker_count(config_.server.workers); ++i)
        workers_.push_back(std::make_unique<worker>(services_, snapshot_, i));
    auto const routes = public_routes(release_on_disk ? release_when::on_disk : release_when::done);
    for (auto const& address : config_.public_listener.addresses)
        listeners_.push_back(
            std::make_unique<listener>(control_, config_.public_listener, address, routes, workers_, cap, log_));
}

daemon::~daemon()
{
    for (auto const& w : workers_)
        w->stop();
    stop_backends();
}

// The identity under which the table keeps a principal that it finds in its file. On two threads.
std::optional<std::string> daemon::identity_of(std::span<char const> principal)
{
    auto const who = decode(principal);
    if (!who)
        return std::nullopt;
    if (!sources_.have(*who))
        restored_unconfigured_ = true;
    return session_identity(*who);
}

void daemon::run()
{
    for (auto const& w : workers_)
        w->start();
    source_watch_.start(file_ && file_->restored().live > 0);
    auto obeying = obey_signals();
    auto pass_on = [](std::exception_ptr trouble) {
        if (trouble)
            std::rethrow_exception(trouble);
    };
    asio::co_spawn(control_, std::move(obeying), pass_on);
    for (auto const& l : listeners_)
    {
        l->start();
        say_ready(config_.public_listener, *l);
    }
    log_.info("ready", {{"version", TOKEND_VERSION}, {"workers", static_cast<std::int64_t>(workers_.size())}});
    control_.run();
}

task<void> daemon::obey_signals()
{
    for (;;)
    {
        auto const [ec, number] = co_await signals_.async_wait(as_result);
        if (ec || number != SIGHUP)
            break;
        reload();
    }
    co_await drain();
    control_.stop();
}

void daemon::reload()
{
    log_.info("reading users and tables again");
    for (auto const& b : snapshot_->authenticator.backends())
        if (!reloads_.try_run({.run = [b] { b->reload(); }, .whose = b->id(), .limit = 10s}))
            log_.error("not read again: it has not been read for the last signal yet", {{"backend", b->id()}});
}

std::size_t daemon::connections() const noexcept
{
    std::size_t sum = 0;
    for (auto const& w : workers_)
        sum += w->connections();
    return sum;
}

// readyz says no; the acceptors close; running requests finish; then everything stops.
task<void> daemon::drain()
{
    steady_timer timer{control_.get_executor()};
    services_.draining = true;
    log_.info("stopping", {{"connections", static_cast<std::int64_t>(connections())}});
    timer.expires_after(config_.server.drain_delay);
    co_await timer.async_wait(as_result);
    stop_by_ = steady::now() + config_.server.drain_timeout;
    for (auto const& l : listeners_)
        l->close();
    for (auto const& w : workers_)
        w->drain();
    while (connections() > 0 && steady::now() < stop_by_)
    {
        timer.expires_after(std::chrono::milliseconds{5});
        co_await timer.async_wait(as_result);
    }
    if (auto const left = connections(); left > 0)
        log_.warning("requests are not finished within drain-timeout",
                     {{"connections", static_cast<std::int64_t>(left)}});
}

// Past drain-timeout, and a moment if it is used up, nothing may be destroyed: a plugin's threads may still use it.
void daemon::stop_backends() noexcept
{
    auto const until = std::max(stop_by_, steady::now() + std::chrono::milliseconds{300});
    std::mutex mutex;
    std::condition_variable stopped;
    bool done = false;
    std::thread stopping{[&] {
        source_watch_.stop();
        pool_.stop();
        reloads_.stop();
        for (auto const& b : snapshot_->authenticator.backends())
            b->stop();
        std::lock_guard const lock{mutex};
        done = true;
        stopped.notify_one();
    }};
    {
        std::unique_lock lock{mutex};
        if (!stopped.wait_until(lock, until, [&] { return done; }))
        {
            if (file_)
                file_->finish();
            log_.flush();
            ::_exit(0);
        }
    }
    stopping.join();
}

void check_backend_options(configuration const& config, backend_options const& backend,
                           std::vector<std::string>& errors)
try
{
    auto const library = plugin_library::load(config.plugin_directory, backend.plugin);
    check_options(library.options(), backend.settings, backend.where, errors);
    auto const set = config.sources.find("backend." + backend.id + ".recheck-interval");
    if (set != config.sources.end() && backend.recheck_interval.value_or(0ms) != 0ms && library.recheck() == nullptr)
        errors.push_back(set->second + ": recheck-interval is set, but the plugin '" + backend.plugin +
                         "' cannot check a user again; leave the line out");
}
catch (std::exception const& e)
{
    errors.push_back(backend.where + ": " + e.what());
}

void check_backend(configuration const& config, backend_options const& backend, std::vector<std::string>& errors)
{
    auto const before = errors.size();
    check_backend_options(config, backend, errors);
    if (errors.size() != before)
        return;
    clock const now;
    logger log{now, log_options{.level = log_level::error}};
    blocking_pool pool{1, 0};
    try
    {
        auto const library = plugin_library::load(config.plugin_directory, backend.plugin);
        auto const values = check_options(library.options(), backend.settings, backend.where, errors);
        tokend::backend const made{backend, library, values, pool, log};
    }
    catch (std::exception const& e)
    {
        errors.push_back(e.what());
    }
}

}  // namespace tokend

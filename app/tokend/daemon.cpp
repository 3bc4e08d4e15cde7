#include "app/tokend/daemon.hpp"

#include "app/tokend/config/rules.hpp"

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <stdexcept>
#include <thread>
#include <utility>

namespace tokend {
namespace {

using namespace std::chrono_literals;
using steady = std::chrono::steady_clock;
using steady_timer = asio::basic_waitable_timer<steady, asio::wait_traits<steady>, executor>;

std::vector<organisation_options> organisations_of(configuration const& config)
{
    return {config.organisations.begin(), config.organisations.end()};
}

std::shared_ptr<setup const> make_setup(configuration const& config, blocking_pool& pool, logger& log)
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
    return std::make_shared<setup const>(
        setup{config.http, authenticator{std::move(backends), organisations_of(config), config.login.failure_time}});
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

// A principal as tokend 0.1.0 kept it.
std::optional<version_2::upgraded_record> upgrade_record(std::span<char const> record)
{
    auto const who = decode_v1(record);
    return who ? std::optional{version_2::upgraded_record{who->encoded, std::string{who->client_address}}}
               : std::nullopt;
}

std::unique_ptr<tokens_file> open_tokens_file(configuration const& config, table& kept, clock& now, logger& log,
                                              identify identity_of)
{
    if (config.tokens.file.empty())
        return nullptr;
    auto opened = std::make_unique<tokens_file>(
        kept, table_options_of(config), now, std::move(identity_of), upgrade_record, log,
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
    std::printf("listening %s %s\n", options.name.c_str(), text_of(l.bound_to()).c_str());
    std::fflush(stdout);
}

}  // namespace

table_options table_options_of(configuration const& config)
{
    return {.capacity = config.tokens.capacity, .record_bytes = config.tokens.effective_principal_room()};
}

daemon::daemon(configuration const& config, shutdown& stop)
    : config_{config},
      log_{clock_, make_log_options(config.log, ::isatty(STDERR_FILENO) != 0)},
      table_{table_options_of(config)},
      sources_{organisations_of(config)},
      file_{open_tokens_file(config, table_, clock_, log_, [this](auto principal) { return identity_of(principal); })},
      sweeper_{table_, clock_, sweeper_options{.interval = config.tokens.sweep_interval}},
      sessions_{table_},
      pool_{config.login.blocking_threads, config.login.blocking_queue,
            report_to(log_, "a login holds a hashing thread for too long")},
      reloads_{1, config.backends.size(), report_to(log_, "reading a backend's sources again takes too long"),
               "reload"},
      setup_{make_setup(config, pool_, log_)},
      services_{{sessions_, clock_, log_}},
      source_watch_{services_, setup_->authenticator.backends()},
      public_front_{config.public_listener.name, public_routes(), connection_cap(config.server.max_connections, log_)},
      ending_{stop}
{
    for (auto const& warning : loose_files_of(config))
        log_.warning(warning);
    if (restored_unconfigured_)
        release_unconfigured(sessions_, sources_, clock_.now(), log_);
    services_.file = file_.get();
    services_.ends = config_.tokens.sync_release ? durability::on_disk : durability::written;
    for (std::size_t i = 0; i < worker_count(config_.server.workers); ++i)
        workers_.push_back(std::make_unique<worker>(services_, setup_, i));
    for (auto const& address : config_.public_listener.addresses)
        for (auto& l : listen_on(control_, config_.public_listener, address, public_front_, workers_, log_))
            listeners_.push_back(std::move(l));
    stop.connect({.obey = [this](int signal) { asio::post(control_, [this, signal] { obey(signal); }); },
                  .save = [this] { save(); }});
}

daemon::~daemon()
{
    ending_.stop.begin();
    for (auto const& w : workers_)
        w->stop();
    if (file_)
        file_->end_waits();  // what still waits goes with its worker
    source_watch_.stop();
    pool_.stop();
    reloads_.stop();
    for (auto const& b : setup_->authenticator.backends())
        b->stop();
}

daemon::ending::~ending()
{
    stop.begin();
    stop.disconnect();
}

// The time is up, and whatever is still in use stays as it is.
void daemon::save()
{
    log_.warning("tokend did not stop within drain-timeout; leaving");
    if (file_)
        file_->finish();
    log_.flush();
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
    wall_clock_.start();
    source_watch_.start(file_ && file_->restored().live > 0);
    for (auto const& warning : warnings(config_))
        log_.warning(warning.what, {{"where", warning.where}});
    for (auto const& l : listeners_)
    {
        l->start();
        say_ready(config_.public_listener, *l);
    }
    log_.info("ready", {{"version", TOKEND_VERSION}, {"workers", static_cast<std::int64_t>(workers_.size())}});
    control_.run();
}

void daemon::obey(int signal)
{
    if (signal == SIGHUP)
        return reload();
    if (signal == SIGUSR1 || signal == SIGUSR2)
        return log_.info("signal ignored", {{"signal", signal == SIGUSR1 ? "SIGUSR1" : "SIGUSR2"}});
    log_.info("stopping", {{"signal", signal == SIGTERM  ? "SIGTERM"
                                      : signal == SIGINT ? "SIGINT"
                                                         : "SIGQUIT"},
                           {"connections", static_cast<std::int64_t>(connections())}});
    auto draining = drain();
    auto stop = [this](std::exception_ptr trouble) {
        control_.stop();
        if (trouble)
            std::rethrow_exception(trouble);
    };
    asio::co_spawn(control_, std::move(draining), stop);
}

void daemon::reload()
{
    log_.info("reading users and tables again");
    for (auto const& b : setup_->authenticator.backends())
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
    timer.expires_after(config_.server.drain_delay);
    co_await timer.async_wait(as_result);
    auto const until = steady::now() + config_.server.drain_timeout;
    for (auto const& l : listeners_)
        l->close();
    for (auto const& w : workers_)
        w->drain();
    while (connections() > 0 && steady::now() < until)
    {
        timer.expires_after(std::chrono::milliseconds{5});
        co_await timer.async_wait(as_result);
    }
    if (auto const left = connections(); left > 0)
        log_.warning("requests are not finished within drain-timeout",
                     {{"connections", static_cast<std::int64_t>(left)}});
}

void check_backend_options(configuration const& config, backend_options const& backend,
                           std::vector<std::string>& errors)
try
{
    auto const library = plugin_library::load(config.plugin_directory, backend.plugin);
    check_options(library.options(), backend.settings, backend.where, errors);
    if (!config.allow_loose_modes)
        for (auto& mistake : loose_files(library.options(), backend.settings))
            errors.push_back(std::move(mistake));
    auto const set = config.sources.find("backend." + backend.id + ".recheck-interval");
    if (set != config.sources.end() && backend.recheck_interval.value_or(0ms) != 0ms && library.recheck() == nullptr)
        errors.push_back(set->second + ": recheck-interval is set, but the plugin '" + backend.plugin +
                         "' cannot check a user again; leave the line out");
}
catch (std::exception const& e)
{
    errors.push_back(backend.where + ": " + e.what());
}

std::vector<std::string> loose_files_of(configuration const& config)
{
    auto warnings = config.warnings;
    if (!config.allow_loose_modes)
        return warnings;
    for (auto const& backend : config.backends)
    {
        auto const library = plugin_library::load(config.plugin_directory, backend.plugin);
        for (auto& mistake : loose_files(library.options(), backend.settings))
            warnings.push_back(std::move(mistake));
    }
    return warnings;
}

void check_backend(configuration const& config, backend_options const& backend, std::vector<std::string>& errors)
{
    auto const before = errors.size();
    check_backend_options(config, backend, errors);
    if (errors.size() != before)
        return;
    clock const now;
    logger log{now, log_options{.level = log_level::warning}};
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

#include "app/tokend/daemon.hpp"

#include "app/tokend/config/rules.hpp"
#include "base/wakeup.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <thread>
#include <utility>
#include <variant>

namespace tokend {
namespace {

using namespace std::chrono_literals;
using steady = std::chrono::steady_clock;

// Raises the limit on open files as far as the system allows. Returns a cap on connections that leaves some descriptors
// for files and plugins.
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

// Logs a job that holds a thread of a pool for too long: a login or a reload.
blocking_pool::reporter report_to(logger& log, std::string_view what)
{
    return [&log, what](blocking_pool::overdue_job const& job) {
        log.error(what,
                  {{"backend", job.whose},
                   {"runs_longer_than_ms", static_cast<std::int64_t>(job.limit.count())},
                   {"thread", job.replaced ? "replaced" : "not replaced: there are twice as many as configured"}});
    };
}

log_format usual_log_format()
{
    return ::isatty(STDERR_FILENO) != 0  ? log_format::text
           : standard_error_is_journal() ? log_format::journal
                                         : log_format::json;
}

// Connections to such a socket would wait for ever.
std::vector<std::string> unused_sockets(inherited_sockets const& inherited, configuration const& config)
{
    auto names = inherited.names();
    for (auto const& l : config.listeners)
        for (auto const& address : l.addresses)
            if (auto const* const used = std::get_if<inherited_socket>(&address.kind()))
                std::erase(names, used->name);
    return names;
}

}  // namespace

std::chrono::milliseconds time_to_stop(server_options const& options) noexcept
{
    constexpr auto to_stop_what_has_drained = 300ms;
    return options.drain_delay + options.drain_timeout + to_stop_what_has_drained;
}

daemon::daemon(configuration const& config, shutdown& stop, service_environment systemd)
    : inherited_{std::move(systemd.sockets)},
      config_{config},
      log_{clock_, config.log.options(usual_log_format())},
      table_{table_options_of(config)},
      sources_{organisations_of(config)},
      file_{open_tokens_file(
          config, table_, clock_, [this](auto principal) { return identity_of(principal); }, log_)},
      sweeper_{table_, clock_, sweeper_options{.interval = config.tokens.sweep_interval}},
      sessions_{table_},
      pool_{config.login.blocking_threads, config.login.blocking_queue,
            report_to(log_, "a login holds a hashing thread for too long")},
      reloads_{1, config.backends.size(), report_to(log_, "reading a backend's sources again takes too long"),
               "reload"},
      setup_{make_setup(config, pool_, unused_backends_, log_)},
      services_{{sessions_, clock_, log_}},
      source_watch_{services_, setup_->authenticator.backends()},
      manager_{control_, std::move(systemd.notify), systemd.watchdog, [this] { return status(); }},
      ending_{stop}
{
    for (auto const& warning : loose_files_of(config))
        log_.warning(warning);
    if (restored_unconfigured_)
        release_unconfigured(sessions_, sources_, clock_.now(), log_);
    services_.file = file_.get();
    services_.ends = config_.tokens.sync_release ? durability::on_disk : durability::written;
    auto const cap = connection_cap(config_.server.max_connections, log_);
    for (std::size_t i = 0; i < worker_count(config_.server.workers); ++i)
    {
        workers_.push_back(std::make_unique<worker>(services_, setup_, i));
        manager_.watch([w = workers_.back().get()](auto turned) { w->ask_to_turn(std::move(turned)); });
    }
    for (auto const& options : config_.listeners)
    {
        auto& at = fronts_.emplace_back(options.name, public_routes(), cap);
        for (auto const& address : options.addresses)
            for (auto& l : listen_on(control_, options, address, inherited_, at, workers_, log_))
                listeners_.push_back(std::move(l));
    }
    // systemd must learn of a reload before the command ends that sent the signal, so the loop is not waited for.
    auto const hear = [this](int signal) {
        auto const until_done = signal == SIGHUP ? manager_.reloading() : nullptr;
        asio::post(control_, [this, signal, until_done] { obey(signal, until_done); });
    };
    stop.connect({.obey = hear, .save = [this] { save(); }});
}

daemon::~daemon()
{
    ending_.stop.begin();
    for (auto const& w : workers_)
        w->stop();
    if (file_)
        file_->end_waits();  // a request that still waits ends with its worker
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

// Called when the time is up. Destroys nothing, because other threads still run.
void daemon::save()
{
    log_.warning("tokend did not stop within drain-timeout; leaving");
    if (file_)
        file_->finish();
    log_.flush();
}

// Returns the identity under which the table keeps a principal of the tokens file. Called on two threads.
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
    for (auto const& name : unused_sockets(inherited_, config_))
        log_.warning("a socket was passed to tokend, and no listener has its address", {{"address", "fd:" + name}});
    for (auto const& l : listeners_)
        l->start();
    asio::post(control_, [this] { say_ready(); });  // by then all of them accept
    control_.run();
}

void daemon::say_ready()
{
    for (auto const& l : listeners_)
    {
        auto const address = text_of(l->bound_to());
        log_.info("listening", {{"listener", l->name()}, {"address", address}});
        if (!standard_error_is_journal())  // there it would be the same line again
            std::printf("listening %s %s\n", l->name().c_str(), address.c_str());
    }
    std::fflush(stdout);
    log_.info("ready", {{"version", TOKEND_VERSION}, {"workers", static_cast<std::int64_t>(workers_.size())}});
    manager_.ready();
}

std::string daemon::status() const
{
    auto text = std::to_string(table_.size()) + " live tokens, listening on";
    for (auto const& l : listeners_)
        text += ' ' + l->name() + ' ' + text_of(l->bound_to());
    return text;
}

void daemon::obey(int signal, std::shared_ptr<void const> const& until_done)
{
    if (signal == SIGHUP)
        return reload(until_done);
    if (signal == SIGUSR1 || signal == SIGUSR2)
        return log_.info("signal ignored", {{"signal", signal == SIGUSR1 ? "SIGUSR1" : "SIGUSR2"}});
    log_.info("stopping", {{"signal", signal == SIGTERM  ? "SIGTERM"
                                      : signal == SIGINT ? "SIGINT"
                                                         : "SIGQUIT"},
                           {"connections", static_cast<std::int64_t>(connections())}});
    manager_.stopping(time_to_stop(config_.server) + 1s);
    auto draining = drain();
    auto stop = [this](std::exception_ptr trouble) {
        control_.stop();
        if (trouble)
            std::rethrow_exception(trouble);
    };
    asio::co_spawn(control_, std::move(draining), stop);
}

void daemon::reload(std::shared_ptr<void const> const& until_done)
{
    log_.info("reading users and tables again");
    for (auto const& b : setup_->authenticator.backends())
        if (!reloads_.try_run({.run = [b, until_done] { b->reload(); }, .whose = b->id(), .limit = 10s}))
            log_.error("not read again: it has not been read for the last signal yet", {{"backend", b->id()}});
}

std::size_t daemon::connections() const noexcept
{
    std::size_t sum = 0;
    for (auto const& w : workers_)
        sum += w->connections();
    return sum;
}

// First /readyz turns 503, then the acceptors close, then running requests finish.
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

}  // namespace tokend

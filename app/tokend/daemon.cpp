#include "app/tokend/daemon.hpp"

#include "app/tokend/config/certificates.hpp"
#include "app/tokend/config/rules.hpp"
#include "base/insist.hpp"
#include "base/wakeup.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>

#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <map>
#include <new>
#include <thread>
#include <utility>
#include <variant>

namespace tokend {
namespace {

using namespace std::chrono_literals;
using steady = std::chrono::steady_clock;

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

// "file 0.1.0 (2 backends), ldap 0.1.0 (1 backend)"
std::string plugins_of(std::vector<std::shared_ptr<backend>> const& all)
{
    std::map<std::string, int> counts;
    for (auto const& b : all)
    {
        auto const state = b->state();
        ++counts[std::string{state.plugin} + ' ' + std::string{state.version}];
    }
    std::string text;
    for (auto const& [plugin, count] : counts)
        text.append(text.empty() ? "" : ", ")
            .append(plugin + " (" + std::to_string(count) + (count == 1 ? " backend)" : " backends)"));
    return text;
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

daemon::daemon(configuration const& config, configuration_source read_again, shutdown& stop,
               service_environment systemd, taken_over before)
    : inherited_{std::move(systemd.sockets)},
      config_{config},
      read_again_{std::move(read_again)},
      log_{clock_, config.log.options(usual_log_format())},
      audit_{open_audit_log(config, clock_, log_)},
      table_{table_options_of(config)},
      sources_{organisations_of(config)},
      file_{open_tokens_file(
          config, table_, clock_, [this](auto principal) { return owner_of(principal); }, log_)},
      sweeper_{table_, clock_, sweeper_options{.interval = config.tokens.sweep_interval}},
      sessions_{table_},
      pool_{config.login.blocking_threads, config.login.blocking_queue,
            report_to(log_, "a login holds a hashing thread for too long")},
      reloads_{1, 1, report_to(log_, "a reload takes too long"), "reload"},
      setup_{make_setup(config, pool_, unused_backends_, failed_logins_, shares_, log_)},
      services_{{sessions_, clock_, log_, audit_.get()}},
      source_watch_{services_},
      manager_{control_, std::move(systemd.notify), systemd.watchdog, [this] { return status(); }},
      ending_{stop}
{
    services_.process = this;
    for (auto const& warning : loose_files_of(config))
        log_.warning(warning);
    if (restored_unconfigured_)
        release_unconfigured(services_, sources_);
    services_.file = file_.get();
    services_.ends = config_.tokens.sync_release ? durability::on_disk : durability::written;
    for (std::size_t i = 0; i < worker_count(config_.server.workers); ++i)
    {
        workers_.push_back(std::make_unique<worker>(services_, setup_, i));
        manager_.watch([w = workers_.back().get()](auto turned) { w->ask_to_turn(std::move(turned)); });
    }
    note_take_over(before);
    inherited_.add(std::move(before.sockets));
    file_changes certificates{certificate_files(config_)};
    listeners_.use(config_, make_fronts(config_, {}, tickets_, log_));
    for (auto const& name : inherited_.names())
        if (name.find(':') != name.npos)  // an address: a listener has adopted it, or it is configured no longer
            inherited_.close(name);
    if (!config_.server.take_over_socket.path.empty())
        successors_.start(config_.server.take_over_socket);
    certificates_.use(tls_contexts(listeners_.offered()), std::move(certificates));
    // systemd must learn of a reload before the command ends that sent the signal, so the loop is not waited for.
    auto const hear = [this](int signal) {
        auto const until_done = signal == SIGHUP ? manager_.reloading() : nullptr;
        auto obeying = [this, signal, until_done] { obey(signal, until_done); };
        insist([&] { asio::post(control_, obeying); });
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
    if (audit_)
        audit_->end_waits();
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
    if (audit_)
        audit_->flush();
    log_.flush();
}

// Returns the owner under whom the table keeps a principal of the tokens file. Called on two threads.
std::optional<restored_owner> daemon::owner_of(std::span<char const> principal)
{
    auto const who = decode(principal);
    if (!who)
        return std::nullopt;
    if (!sources_.have(*who))
        restored_unconfigured_ = true;
    return restored_owner{session_identity(*who), &shares_.of(who->organisation)};
}

void daemon::run()
{
    for (auto const& w : workers_)
        w->start();
    wall_clock_.start();
    sampler_.start();
    source_watch_.start();
    source_watch_.watch(setup_->authenticator.backends(), file_ && file_->restored().live > 0);
    for (auto const& warning : warnings(config_))
        log_.warning(warning.what, {{"where", warning.where}});
    for (auto const& name : unused_sockets(inherited_, config_))
        log_.warning("a socket was passed to tokend, and no listener has its address", {{"address", "fd:" + name}});
    show_reload(true);
    listeners_.start();
    asio::post(control_, [this] { say_ready(); });  // by then all of them accept
    for (;;)
        try
        {
            control_.run();
            return say_stopped();
        }
        catch (std::bad_alloc const&)
        {
            log_.error("no memory: what was to be done is left undone");
        }
}

void daemon::say_ready()
{
    log_.info("ready", {{"version", TOKEND_VERSION},
                        {"configuration", config_.file.string()},
                        {"workers", static_cast<std::int64_t>(workers_.size())},
                        {"listeners", listeners_.text()},
                        {"organisations", static_cast<std::int64_t>(config_.organisations.size())},
                        {"backends", static_cast<std::int64_t>(config_.backends.size())},
                        {"plugins", plugins_of(setup_->authenticator.backends())},
                        {"tokens", static_cast<std::int64_t>(table_.size())}});
    manager_.ready();
}

void daemon::say_stopped()
{
    auto const up = whole_seconds(clock_.now()) - start_time_;
    log_.info("stopped", {{"reason", reason_to_stop_},
                          {"tokens", static_cast<std::int64_t>(table_.size())},
                          {"up_seconds", up.count()}});
}

void daemon::note_take_over(taken_over const& before)
{
    if (before.from)
        log_.info("this process takes over from another", {{"pid", static_cast<std::int64_t>(*before.from)}});
    else if (before.is_wanted)
        log_.warning("there is nobody to take over from: no tokend listens on take-over-socket");
}

// The other process waits until this one has ended.
void daemon::end_for(pid_t successor)
{
    log_.info("another process takes over", {{"pid", static_cast<std::int64_t>(successor)}});
    is_replaced_ = true;
    reason_to_stop_ = "the process " + std::to_string(successor) + " takes over";
    ::kill(::getpid(), SIGTERM);
}

std::string daemon::status() const
{
    return std::to_string(table_.size()) + " live tokens, listening on " + listeners_.text();
}

void daemon::obey(int signal, std::shared_ptr<void const> const& until_done)
{
    if (signal == SIGHUP && audit_)
        audit_->reopen();
    if (signal == SIGHUP)
        return reload(until_done);
    if (signal == SIGUSR1 || signal == SIGUSR2)
        return log_.info("signal ignored", {{"signal", signal == SIGUSR1 ? "SIGUSR1" : "SIGUSR2"}});
    auto const* const name = signal == SIGTERM ? "SIGTERM" : signal == SIGINT ? "SIGINT" : "SIGQUIT";
    if (reason_to_stop_.empty())
        reason_to_stop_ = name;
    log_.info("stopping", {{"signal", name}, {"connections", static_cast<std::int64_t>(connections())}});
    manager_.stopping(time_to_stop(config_.server) + 1s);
    auto stop = [this](std::exception_ptr trouble) {
        control_.stop();
        if (trouble)
            std::rethrow_exception(trouble);
    };
    insist([&] {
        auto draining = drain();
        asio::co_spawn(control_, std::move(draining), stop);
    });
}

std::size_t daemon::connections() const noexcept
{
    std::size_t sum = 0;
    for (auto const& w : workers_)
        sum += w->connections();
    return sum;
}

// First /readyz turns 503, then the acceptors close, then running requests finish. If another process accepts on the
// sockets, no client has to learn of the end, and those that connect meanwhile wait for that process.
task<void> daemon::drain()
{
    services_.draining = true;
    successors_.close();
    auto const delay = is_replaced_ ? 0ms : config_.server.drain_delay;
    co_await sleep_until(control_.get_executor(), steady::now() + delay);
    auto const until = steady::now() + config_.server.drain_timeout;
    is_replaced_ ? listeners_.leave() : listeners_.close();
    for (auto const& w : workers_)
        w->drain();
    while (connections() > 0 && steady::now() < until)
    {
        co_await sleep_until(control_.get_executor(), steady::now() + 5ms);
    }
    if (auto const left = connections(); left > 0)
        log_.warning("requests are not finished within drain-timeout",
                     {{"connections", static_cast<std::int64_t>(left)}});
}

}  // namespace tokend

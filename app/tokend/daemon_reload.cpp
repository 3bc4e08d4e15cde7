#include "app/tokend/daemon.hpp"

#include "app/tokend/config/certificates.hpp"
#include "app/tokend/config/print.hpp"
#include "app/tokend/config/rules.hpp"
#include "base/insist.hpp"
#include "base/wakeup.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>

#include <malloc.h>

#include <algorithm>
#include <csignal>
#include <new>
#include <stdexcept>
#include <utility>
#include <variant>

// A reload, from the signal to the end of what is configured no longer.
namespace tokend {
namespace {

using namespace std::chrono_literals;
using steady = std::chrono::steady_clock;

// The mistakes for which a reload is refused; none if it is not.
refused_lines lines_of(std::variant<prepared, refused_lines> const& result)
{
    auto const* const refused = std::get_if<refused_lines>(&result);
    return refused == nullptr ? refused_lines{} : *refused;
}

// The old setup and the new one were there at the same time, so that the allocator keeps room for both.
void give_back_free_memory() noexcept
{
#ifdef __GLIBC__
    ::malloc_trim(0);
#endif
}

}  // namespace

// One reload at a time. A signal that comes meanwhile is obeyed after it, because the files may have changed since.
void daemon::reload(std::shared_ptr<void const> until_done)
{
    if (services_.draining)
        return log_.info("signal ignored, because tokend is stopping", {{"signal", "SIGHUP"}});
    insist([&] { until_reloaded_.push_back(until_done); });
    if (std::exchange(reloading_, true))
    {
        reload_again_ = true;
        return;
    }
    log_.info("reading the configuration again");
    try
    {
        begin_reload();
    }
    catch (std::exception const& e)
    {
        auto why = insist([&] { return refused_lines{e.what()}; });
        finish_reload(std::move(why));
    }
}

void daemon::print_configuration(std::function<void(std::string)> done)
{
    insist([&] { asio::post(control_, [this, done] { done(insist([&] { return print(config_); })); }); });
}

// A reload that is under way may have read the files before they changed, so it is not the one.
void daemon::reload(std::function<void(std::vector<std::string>)> done)
{
    auto begin = [this, done] {
        if (services_.draining)
            return done({"tokend is stopping"});
        if (reloading_)
        {
            insist([&] { reports_after_next_.push_back(done); });
            reload_again_ = true;
            return;
        }
        insist([&] { reload_reports_.push_back(done); });
        reload(insist([] { return std::make_shared<int>(); }));
    };
    insist([&] { asio::post(control_, begin); });
}

void daemon::begin_reload()
{
    auto const made = std::make_shared<std::variant<prepared, refused_lines>>(refused_lines{"no memory"});
    auto finish = [this, made] { finish_reload(std::move(*made)); };
    auto prepare = [this, made, finish, offered = listeners_.offered()] {
        try
        {
            *made = prepare_reload(read_again_, config_, offered, tickets_, pool_, unused_backends_, failed_logins_,
                                   shares_, log_);
        }
        catch (std::bad_alloc const&)
        {}
        insist([&] { asio::post(control_, finish); });
    };
    if (!reloads_.try_run({.run = std::move(prepare), .whose = "configuration", .limit = 10s}))
        throw std::runtime_error{"an earlier reload has not ended"};
}

void daemon::finish_reload(std::variant<prepared, refused_lines> result)
{
    reloading_ = false;
    auto const reported = std::exchange(until_reloaded_, {});
    auto const reports = std::exchange(reload_reports_, {});
    if (services_.draining)
    {
        for (auto const& report : reports)
            report({"tokend is stopping"});
        return;
    }
    if (auto* const next = std::get_if<prepared>(&result))
        try
        {
            replace(std::move(*next));
        }
        catch (std::exception const& e)
        {
            result = refused_lines{e.what()};
        }
    auto const mistakes = lines_of(result);
    for (auto const& line : mistakes)
        log_.error("the configuration is not reloaded, all stays as it was", {{"reason", line}});
    insist([&] { show_reload(mistakes.empty()); });
    if (audit_)
        record_reload(*audit_, mistakes);
    for (auto const& report : reports)
        report(mistakes);
    if (renew_after_reload_)
        renew_certificates();
    if (std::exchange(reload_again_, false))
    {
        reload_reports_ = std::exchange(reports_after_next_, {});
        reload(reported.back());
    }
}

// Swaps all of it. Only the first step can fail, and then nothing has changed.
void daemon::replace(prepared next)
{
    auto contexts = tls_contexts(next.offered);
    listeners_.use(next.config, std::move(next.offered));
    config_ = std::move(next.config);
    std::weak_ptr<setup const> const before = std::exchange(setup_, std::move(next.next));
    for (auto const& w : workers_)
        w->use(setup_);
    listeners_.start();
    certificates_.use(std::move(contexts), std::move(next.certificates));
    insist([this] { source_watch_.watch(setup_->authenticator.backends(), true); });
    ending_.stop.set_limit(time_to_stop(config_.server));
    begin_end_unconfigured(before);
    log_reload();
}

// Begins again if it ends for want of memory.
void daemon::begin_end_unconfigured(std::weak_ptr<setup const> const& before)
{
    auto ended = [this, before](std::exception_ptr trouble) {
        if (trouble)
            begin_end_unconfigured(before);
    };
    insist([&] {
        auto releasing = end_unconfigured(before);
        asio::co_spawn(control_, std::move(releasing), ended);
    });
}

// Without memory a line is left out.
void daemon::log_reload() noexcept
try
{
    for (auto const& warning : warnings(config_))
        log_.warning(warning.what, {{"where", warning.where}});
    for (auto const& warning : loose_files_of(config_))
        log_.warning(warning);
    log_.info("reloaded", {{"listeners", static_cast<std::int64_t>(config_.listeners.size())},
                           {"backends", static_cast<std::int64_t>(config_.backends.size())},
                           {"organisations", static_cast<std::int64_t>(config_.organisations.size())}});
}
catch (std::bad_alloc const&)
{}

// Some of their files have changed. Reads few and small files, so that the loop hardly waits. A reload that is being
// prepared reads them too, but may be refused.
void daemon::renew_certificates()
{
    renew_after_reload_ = reloading_;
    if (reloading_)
        return;
    file_changes files{certificate_files(config_)};
    try
    {
        listeners_.use(config_, make_fronts(config_, listeners_.offered(), tickets_, log_));
        show_fronts();
        log_.info("certificates read again");
    }
    catch (std::exception const& e)
    {
        log_.error("certificates not read again, those that were are kept", {{"reason", e.what()}});
    }
    certificates_.use(tls_contexts(listeners_.offered()), std::move(files));
}

// Ends the tokens of what is configured no longer. Most logins by the old setup are through in a moment; if one takes
// longer, all is looked through once more after it.
task<void> daemon::end_unconfigured(std::weak_ptr<setup const> before)
{
    auto pause = 50ms;
    co_await sleep_until(control_.get_executor(), steady::now() + pause);
    source_watch_.release_all_but(configured_sources{organisations_of(config_)});
    if (!before.expired())
    {
        while (!before.expired())
        {
            co_await sleep_until(control_.get_executor(), steady::now() + pause);
            pause = std::min(2 * pause, 1000ms);
        }
        source_watch_.release_all_but(configured_sources{organisations_of(config_)});
        source_watch_.watch(setup_->authenticator.backends(), true);
    }
    give_back_free_memory();
}

}  // namespace tokend

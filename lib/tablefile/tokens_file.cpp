#include "tablefile/tokens_file.hpp"

#include "base/text.hpp"
#include "base/thread_name.hpp"
#include "tablefile/snapshot.hpp"

#include <algorithm>
#include <exception>
#include <utility>

namespace tokend {

std::uint64_t most_disk_bytes(table_options const& options)
{
    auto const snapshot = snapshot_bytes(options);
    return 2 * (snapshot + snapshot / 8) + snapshot / 2 + 4 * most_step;  // the old file with its log, and the new one
}

tokens_file::tokens_file(table& kept, table_options const& made_for, clock& now, identify const& owner_of,
                         version_2::upgrade_record const& upgrade, logger& log, tokens_file_options options)
    : table_{kept}, clock_{now}, log_{log}, options_{std::move(options)}, capacity_{made_for.capacity}
{
    if (auto const old = version_2::take_over(options_.path, upgrade))
        log_.info("tokens file of version 0.1.0 taken over",
                  {{"file", options_.path.string()}, {"damaged", static_cast<std::int64_t>(old->damaged)}});
    journal_ = journal::open(options_.path, capacity_);
    take_in(made_for, now, owner_of);
    chronicle_.emplace(*journal_);
    table_.report_to(*chronicle_);
    linking_ = std::jthread{[this] { link_restored(); }};
    writing_ = std::jthread{[this](std::stop_token stop) { write_all(stop); }};
    keeping_ = std::jthread{[this](std::stop_token stop) { keep_all(stop); }};
    watching_ = std::jthread{[this](std::stop_token stop) { watch(stop); }};
}

tokens_file::~tokens_file()
{
    for (auto* t : {&watching_, &keeping_, &writing_})
        t->request_stop();
    keeping_.join();
    finish();
}

void tokens_file::take_in(table_options const& made_for, clock& now, identify const& owner_of)
{
    auto const found = journal_->contents();
    auto const made = journal_->header().what.capacity;
    constexpr auto any = ~std::size_t{0};
    set_clock(now, std::chrono::sys_seconds{std::chrono::seconds{found.newest}});
    restored_ =
        restore(table_, found, owner_of, whole_seconds(now.now()), made_for.capacity < made ? made_for.capacity : any);
    auto const start = whole_seconds(now.now()).time_since_epoch().count();
    journal_->go_on_behind(found, static_cast<std::uint32_t>(std::min<std::int64_t>(found.newest, start)));
    wants_snapshot_ = made != capacity_ || restored_.postdated != 0 || restored_.damaged != 0;
}

// A file with a much later time than the system's was written or is read while the clock was wrong. The system's clock
// is believed, so that one start with a wrong clock does no harm after the clock is corrected.
void tokens_file::set_clock(clock& now, std::chrono::sys_seconds newest)
{
    auto const system = whole_seconds(now.now());
    if (newest <= system)
        return;
    if (newest <= system + std::chrono::days{1})
        return now.not_before(timestamp{newest});
    log_.warning(
        "the tokens file was used at a time that is more than a day ahead of the system's clock, which is believed",
        {{"tokens_file", format_rfc3339(newest)}, {"clock", format_rfc3339(system)}, {"used", "clock"}});
}

void tokens_file::link_restored()
try
{
    name_this_thread("tokens-link");
    table_.link_imported();
}
catch (std::exception const& e)
{
    log_.error(std::string{"tokens file: the first listing will be slow: "} + e.what());
}

void tokens_file::wait(durability how, std::unique_ptr<commit_waiter> who)
{
    std::unique_lock lock{mutex_};
    auto const appended = journal_->appended();
    bool const can = trouble().empty() && !journal_->needs_new_file();
    bool const safe = appended <= (how == durability::written ? written_ : on_disk_);
    bool watcher = false;
    if (can && !safe)
    {
        commits_.add(how, appended, steady::now(), std::move(who));
        watcher = watcher_.must_wake();
    }
    bool const keeper = (how == durability::on_disk && !safe) || (!can && keeper_idle_);
    keeper_called_ = keeper_called_ || keeper;
    lock.unlock();
    if (watcher)
        watcher_.wake();
    if (keeper)
        keeper_.notify_one();
    if (who)
    {
        auto& w = *who;
        w.notify(std::move(who), can);
    }
}

tokens_file::lag tokens_file::behind()
{
    std::lock_guard const lock{mutex_};
    auto const appended = journal_->appended();
    return {appended - std::min(appended, written_), appended - std::min(appended, on_disk_)};
}

void tokens_file::finish() noexcept
try
{
    journal_->write();
    journal_->synchronize();
}
catch (std::exception const& e)
{
    log_.error("tokens file not written at the end", {{"reason", e.what()}});
}

bool tokens_file::rest(std::stop_token stop, std::chrono::milliseconds time)
{
    std::unique_lock lock{mutex_};
    return !resting_.wait_for(lock, stop, time, [&] { return stop.stop_requested(); });
}

// So much is safe now.
void tokens_file::note(durability how, std::uint64_t unit)
{
    waiter_list done;
    waiter_list refused;
    bool wake = false;
    {
        std::lock_guard const lock{mutex_};
        written_ = std::max(written_, unit);
        if (how == durability::on_disk)
            on_disk_ = std::max(on_disk_, unit);
        else
            write_trouble_.clear();
        commits_.take(durability::written, written_, done);
        commits_.take(durability::on_disk, on_disk_, done);
        judge(refused);
        ++notifying_;
        wake = written_ > on_disk_ && std::exchange(keeper_idle_, false);
        keeper_called_ = keeper_called_ || wake;
    }
    if (wake)
        keeper_.notify_one();
    notify(done, refused);
}

void tokens_file::report(std::string& trouble, std::string what)
{
    waiter_list done;
    waiter_list refused;
    {
        std::lock_guard const lock{mutex_};
        trouble = std::move(what);
        judge(refused);
        ++notifying_;
    }
    notify(done, refused);
}

// REQUIRES: ++notifying_ came before; the mutex is not held.
void tokens_file::notify(waiter_list& done, waiter_list& refused) noexcept
{
    done.notify(true);
    refused.notify(false);
    std::lock_guard const lock{mutex_};
    --notifying_;
    resting_.notify_all();
}

void tokens_file::end_waits() noexcept
{
    waiter_list refused;
    {
        std::unique_lock lock{mutex_};
        resting_.wait(lock, [this] { return notifying_ == 0; });
        commits_.take_all(refused);
    }
    refused.notify(false);
}

// Decides from the reasons of the threads whether the file can be written. If not, moves all waiters to `out`.
void tokens_file::judge(waiter_list& out)
{
    bool const writable = trouble().empty();
    auto const& reason = writable ? no_room_ : trouble();
    if (!reason.empty() && reason != logged_trouble_)
        log_.error(writable ? "tokens file cannot grow: no tokens are issued"
                            : "tokens file cannot be written: no tokens are issued, and ends hold in memory alone",
                   {{"reason", reason}});
    if (reason.empty() && !logged_trouble_.empty())
        log_.info("tokens file can be written again", {{"file", options_.path.string()}});
    logged_trouble_ = reason;
    takes_issues_.store(reason.empty(), std::memory_order_relaxed);
    journal_->refuse_issues(!reason.empty());
    if (!writable)
        commits_.take_all(out);
}

// REQUIRES: mutex_ is held.
std::string const& tokens_file::trouble() const noexcept
{
    return !watch_trouble_.empty() ? watch_trouble_ : !keep_trouble_.empty() ? keep_trouble_ : write_trouble_;
}

}  // namespace tokend

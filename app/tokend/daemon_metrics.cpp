#include "app/tokend/daemon.hpp"

#include "app/tokend/process_metrics.hpp"

#include <chrono>
#include <cstdint>
#include <mutex>

// What the process knows for metrics, besides what its workers count. Any worker may ask.
namespace tokend {
namespace {

void append_tokens(metrics_text& to, table const& kept, std::uint64_t most_bytes, sweeper const& swept)
{
    to.gauge("tokend_tokens_live", "Tokens in the table, with expired ones that are not swept yet.");
    to.sample({}, std::uint64_t{kept.size()});
    to.gauge("tokend_tokens_capacity", "Tokens that the table may hold.");
    to.sample({}, std::uint64_t{kept.capacity()});
    to.gauge("tokend_table_bytes", "Memory of the table, for what it has held so far.");
    to.sample({}, std::uint64_t{kept.bytes_used()});
    to.gauge("tokend_table_max_bytes", "Memory that the table can need at most.");
    to.sample({}, most_bytes);
    to.gauge("tokend_sweep_lag_seconds", "Age of the look for expired tokens that is under way; 0 between two.");
    to.sample({}, std::chrono::duration<double>(swept.lag()).count());
}

void append_counts(metrics_text& to, token_counts const& counts, sweeper const& swept)
{
    to.counter("tokend_tokens_issued", "Tokens that were issued, also by a switch of the unit.");
    to.sample({}, counts.issued.get());
    to.counter("tokend_tokens_ended", "Tokens that have ended, by reason; expired ones once they are swept.");
    to.sample({{"reason", "expired"}}, swept.freed());
    to.sample({{"reason", "released"}}, counts.of(token_end::released).get());
    to.sample({{"reason", "revoked"}}, counts.of(token_end::revoked).get());
    to.sample({{"reason", "evicted"}}, counts.of(token_end::evicted).get());
    to.sample({{"reason", "switched"}}, counts.of(token_end::switched).get());
}

void append_lockouts(metrics_text& to, lockouts const& failures)
{
    to.gauge("tokend_lockout_counts", "Names and networks whose failed logins are counted.");
    to.sample({}, std::uint64_t{failures.size()});
    to.gauge("tokend_lockouts", "Those of them that are locked out.");
    to.sample({}, std::uint64_t{failures.locked(std::chrono::steady_clock::now())});
}

void append_file(metrics_text& to, tokens_file& file)
{
    auto const behind = file.behind();
    to.gauge("tokend_file_writable", "1 if the tokens file can be written.");
    to.sample({}, std::uint64_t{file.takes_issues()});
    to.gauge("tokend_file_unwritten_units", "Units of the log, of 48 bytes, that are not in the tokens file yet.");
    to.sample({}, behind.unwritten);
    to.gauge("tokend_file_not_on_disk_units", "Units of the log that a power cut may undo.");
    to.sample({}, behind.not_on_disk);
    to.gauge("tokend_file_bytes", "Length of the tokens file.");
    to.sample({}, file.bytes());
    to.counter("tokend_file_snapshots", "Snapshots of the table, each of which replaced the tokens file.");
    to.sample({}, file.snapshots());
}

void append_fronts(metrics_text& to, fronts const& offered)
{
    to.gauge("tokend_http_connections", "Open connections of a listener.");
    for (auto const& at : offered)
        to.sample({{"listener", at->name}}, std::uint64_t{at->connections->load(std::memory_order_relaxed)});
    to.gauge("tokend_http_max_connections", "Connections that a listener may have open.");
    for (auto const& at : offered)
        to.sample({{"listener", at->name}}, std::uint64_t{at->max_connections});
    to.gauge("tokend_tls_handshakes", "TLS handshakes in flight.");
    for (auto const& at : offered)
        to.sample({{"listener", at->name}}, std::uint64_t{at->handshakes->load(std::memory_order_relaxed)});
    to.counter("tokend_tls_handshakes_completed", "TLS handshakes that were completed.");
    for (auto const& at : offered)
        to.sample({{"listener", at->name}}, at->handshakes_completed->get());
    to.gauge("tokend_tls_certificate_expiry_seconds", "When a certificate expires, in Unix seconds.");
    for (auto const& at : offered)
        if (at->tls.context)
            for (auto const& c : at->tls.context->certificates())
                to.sample({{"listener", at->name}, {"file", c.file.string()}},
                          static_cast<double>(c.validity.until.time_since_epoch().count()));
}

}  // namespace

void daemon::append_metrics(metrics_text& to)
{
    append_tokens(to, table_, table_max_bytes_, sweeper_);
    append_counts(to, sessions_.counts(), sweeper_);
    append_lockouts(to, failed_logins_);
    if (file_)
        append_file(to, *file_);
    to.gauge("tokend_hash_queue_depth", "Logins that wait for a hashing thread.");
    to.sample({}, std::uint64_t{pool_.queued()});
    if (audit_)
    {
        to.counter("tokend_audit_lost", "Records of the audit log that are lost.");
        to.sample({}, audit_->lost());
    }
    std::unique_lock lock{shown_mutex_};
    auto const now = shown_;
    lock.unlock();
    append_fronts(to, now.offered);
    to.gauge("tokend_config_last_reload_successful", "0 if the last reload was refused.");
    to.sample({}, std::uint64_t{now.reload_was_good});
    to.gauge("tokend_config_last_reload_timestamp_seconds",
             "When the configuration that runs was read, in Unix seconds.");
    to.sample({}, static_cast<double>(now.configured_at.time_since_epoch().count()));
    append_process_metrics(to);
}

// Comes whenever the listeners have other fronts.
void daemon::show_fronts()
{
    std::lock_guard const lock{shown_mutex_};
    shown_.offered = listeners_.offered();
    shown_.addresses = listeners_.addresses();
}

// Comes after the start, and after each reload.
void daemon::show_reload(bool was_good)
{
    show_fronts();
    std::lock_guard const lock{shown_mutex_};
    shown_.reload_was_good = was_good;
    if (was_good)
        shown_.configured_at = whole_seconds(clock_.now());
}

}  // namespace tokend

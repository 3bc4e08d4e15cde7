#pragma once

#include "audit/options.hpp"
#include "audit/record.hpp"
#include "audit/sink.hpp"
#include "base/durable_store.hpp"
#include "base/log.hpp"

#include <chrono>
#include <cstddef>
#include <memory>
#include <thread>

namespace tokend {

struct audit_rules
{
    on_audit_failure on_failure = on_audit_failure::drop;
    std::size_t queue = 16'384;                // records that may wait to be written
    std::chrono::milliseconds retry{100};      // pause between two attempts at a target that takes nothing
    std::chrono::milliseconds patience{2000};  // how long an answer waits for a target that hangs
    std::chrono::milliseconds at_end{1000};    // how long destruction waits for it
};

// Writes every record that it is given, in order and once, by a thread of its own. While the target takes nothing,
// records wait in a bounded queue; those for which there is no room are lost. The operational log reports when that
// begins, ends, and how many records are lost, and a line of the audit log itself says so where they are missing.
//
// A record that an answer waits for is another matter: if it cannot be written now it is forgotten, because another
// decision takes the place of the one that it describes. Only if the target hangs may it be written later all the same.
// Thread-safe.
class audit_log
{
public:
    // REQUIRES: `now` and `log` outlive this object.
    audit_log(std::unique_ptr<audit_sink> to, audit_rules const& rules, clock const& now, logger& log);
    ~audit_log();  // writes what is queued, in one attempt
    audit_log(audit_log const&) = delete;

    // Returns true if no decision may be answered before its record is written.
    bool answers_wait() const noexcept { return rules_.on_failure == on_audit_failure::refuse; }
    // Returns false if answers wait, and records cannot be written now.
    bool takes_issues() const noexcept;

    void write(audit_record const& r) noexcept;
    // Notifies `waiter` with true once the record is written, or with false if it will not be. The notification comes
    // on another thread, or before this call returns. REQUIRES: answers_wait().
    void write(audit_record const& r, std::unique_ptr<commit_waiter> waiter);

    std::uint64_t lost() const noexcept;  // records that are lost, so far
    // The target is opened again by its name before the next record is written.
    void reopen() noexcept;
    void flush() noexcept;  // waits until the records so far are written, at most 100 ms
    // Notifies all waiters with false. REQUIRES: nobody begins to wait.
    void end_waits() noexcept;

private:
    class queue;

    audit_rules const rules_;
    std::shared_ptr<queue> queue_;  // shared with the writer, which outlives this object if the target hangs
    std::thread writer_;
    std::jthread watcher_;  // only if answers wait
};

}  // namespace tokend

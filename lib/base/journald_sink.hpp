#pragma once

#include "base/datagram_target.hpp"

#include <string>
#include <string_view>

// The native protocol of systemd's journal, by which a line keeps its fields; see systemd.journal-fields(7) and
// "Native Journal Protocol" in systemd's documentation.
namespace tokend {

inline constexpr std::string_view journald_socket = "/run/systemd/journal/socket";

// Returns true if standard error is connected to the journal: JOURNAL_STREAM, which systemd sets, names its device and
// inode. See systemd.exec(5).
bool standard_error_is_journal() noexcept;

// Turns a line of the log in format json into the fields of a journal entry: MESSAGE (the event and the other fields,
// as a line of format text has them), PRIORITY, SYSLOG_IDENTIFIER=tokend, TOKEND_EVENT, and each field that is not
// empty in upper case: `"organisation":"ACME"` becomes TOKEND_ORGANISATION=ACME. Throws boost::system::system_error if
// the line is no JSON object.
std::string journald_fields(std::string_view json_line);

// The same for a line of the audit log, with or without its newline: MESSAGE (the line itself), PRIORITY=6,
// SYSLOG_IDENTIFIER=tokend-audit, SYSLOG_FACILITY=10 (authpriv), and each field that is not empty.
std::string journald_audit_fields(std::string_view json_line);

// Sends entries to the journal. Not thread-safe.
class journald_sink
{
public:
    explicit journald_sink(std::string_view path) noexcept;  // of the journal's socket

    // Waits while the journal is slow. An entry that is too long for a datagram goes as a sealed file in memory.
    // Returns false if the journal does not take it.
    bool send(std::string_view entry) const noexcept;

private:
    datagram_target const to_;
};

}  // namespace tokend

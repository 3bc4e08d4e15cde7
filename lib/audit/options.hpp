#pragma once

#include <filesystem>

namespace tokend {

enum class audit_target
{
    off,
    journal,  // systemd's
    file
};

enum class on_audit_failure
{
    drop,   // records for which there is no room are lost, and counted
    refuse  // no decision is answered before its record is written
};

struct audit_options
{
    audit_target to = audit_target::off;
    std::filesystem::path file = "/var/log/tokend/audit.log";
    on_audit_failure on_failure = on_audit_failure::drop;
};

}  // namespace tokend

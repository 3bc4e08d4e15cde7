#pragma once

#include "app/tokend/config/configuration.hpp"
#include "audit/audit_log.hpp"

#include <memory>
#include <string>
#include <vector>

// The audit log that a configuration asks for.
namespace tokend {

// Returns null if the configuration asks for none. Throws std::system_error or std::runtime_error for a file that
// cannot be used. REQUIRES: `now` and `log` outlive the audit log.
std::unique_ptr<audit_log> open_audit_log(configuration const& config, clock const& now, logger& log);

// Records a reload, and why it is refused: a line for each mistake, or none.
void record_reload(audit_log& to, std::vector<std::string> const& mistakes);

}  // namespace tokend

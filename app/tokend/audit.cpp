#include "app/tokend/audit.hpp"

#include "audit/audit_file.hpp"
#include "audit/audit_journal.hpp"
#include "base/journald_sink.hpp"
#include "base/text.hpp"

#include <utility>

namespace tokend {

std::unique_ptr<audit_log> open_audit_log(configuration const& config, clock const& now, logger& log)
{
    std::unique_ptr<audit_sink> to;
    switch (config.audit.to)
    {
    case audit_target::off:
        return nullptr;
    case audit_target::journal:
        to = std::make_unique<audit_journal>(journald_socket);
        break;
    case audit_target::file:
        to = std::make_unique<audit_file>(config.audit.file);
        break;
    }
    return std::make_unique<audit_log>(std::move(to), audit_rules{.on_failure = config.audit.on_failure}, now, log);
}

void record_reload(audit_log& to, std::vector<std::string> const& mistakes)
{
    auto const reason = join(mistakes, "; ");
    audit_record r{.event = "reload"};
    r.code = mistakes.empty() ? "OK" : "REFUSED";
    r.reason = reason;
    to.write(r);
}

}  // namespace tokend

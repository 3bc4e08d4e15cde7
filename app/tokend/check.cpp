#include "app/tokend/check.hpp"

#include "app/tokend/backends.hpp"
#include "app/tokend/config/certificates.hpp"
#include "app/tokend/config/rules.hpp"
#include "audit/audit_file.hpp"
#include "base/clock.hpp"
#include "base/journald_sink.hpp"
#include "journal/journal.hpp"
#include "web/net/binding.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

namespace tokend {
namespace {

namespace fs = std::filesystem;

std::string reason(int error) { return std::system_category().message(error); }

// A tokend that is running holds its addresses, so an address in use is a warning, unless it has passed them on.
void check_address(listening_address const& address, inherited_sockets const* taken_over, check_report& report)
try
{
    if (taken_over == nullptr || taken_over->of(address.text()).empty())
        try_to_listen(address);
}
catch (std::system_error const& e)
{
    if (e.code() == std::errc::address_in_use && taken_over == nullptr)
        report.warnings.push_back(std::string{e.what()} + "; this is right if tokend is running");
    else
        report.errors.emplace_back(e.what());
}

void check_plugin_directory(fs::path const& directory, check_report& report)
{
    if (::access(directory.c_str(), R_OK | X_OK) != 0)
        report.warnings.push_back("cannot read plugin-directory " + directory.string() + ": " + reason(errno));
}

// Reports an error if the process could neither open nor create the tokens file.
void check_tokens_file(fs::path const& file, check_report& report)
{
    struct stat found
    {};
    auto const fails = [&](std::string const& why) {
        report.errors.push_back("tokens file " + file.string() + ": " + why);
    };
    if (::stat(file.c_str(), &found) == 0)
    {
        if (!S_ISREG(found.st_mode))
            fails("it is not a regular file");
        else if (::geteuid() != 0 && found.st_uid != ::geteuid())
            fails("it belongs to another user");
        else if (::access(file.c_str(), R_OK | W_OK) != 0)
            fails(reason(errno));
        else if (auto const wrong = journal::what_is_wrong(file); !wrong.empty())
            report.errors.push_back(wrong);
    }
    else if (errno != ENOENT)
        fails(reason(errno));
    else if (auto const folder = file.parent_path(); ::access(folder.c_str(), W_OK | X_OK) != 0)
        fails("cannot make it in " + folder.string() + ": " + reason(errno));
}

}  // namespace

check_report check_start(configuration const& config, inherited_sockets const* taken_over)
{
    check_report report;
    for (auto const& w : warnings(config))
        report.warnings.push_back((w.where.empty() ? "" : w.where + ": ") + w.what);
    for (auto& warning : loose_files_of(config))
        report.warnings.push_back(std::move(warning));
    for (auto const& w : ageing_certificates(config, whole_seconds(clock{}.now())))
        report.warnings.push_back(w.where + ": " + w.what);
    for (auto const& hidden : hidden_certificates(config))
        report.warnings.push_back(hidden.where + ": " + hidden.what +
                                  ", so its certificate is not checked; systemd shows it to the service alone");
    for (auto& hidden : hidden_secrets_of(config))
        report.warnings.push_back(std::move(hidden));
    check_plugin_directory(config.plugin_directory, report);
    for (auto const& listener : config.listeners)
        for (auto const& address : listener.addresses)
            check_address(address, taken_over, report);
    if (auto const& socket = config.server.take_over_socket; !socket.path.empty() && taken_over == nullptr)
        check_address(listening_address{socket}, nullptr, report);
    if (!config.tokens.file.empty())
        check_tokens_file(config.tokens.file, report);
    if (config.audit.to == audit_target::journal && ::access(std::string{journald_socket}.c_str(), W_OK) != 0)
        report.warnings.push_back("the audit log goes to systemd's journal, which is not here: " +
                                  std::string{journald_socket} + ": " + reason(errno));
    if (config.audit.to == audit_target::file)
        if (auto wrong = what_is_wrong_with_audit_file(config.audit.file); !wrong.empty())
            report.errors.push_back(std::move(wrong));
    return report;
}

}  // namespace tokend

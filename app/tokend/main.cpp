#include "app/tokend/backends.hpp"
#include "app/tokend/check.hpp"
#include "app/tokend/config/command_line.hpp"
#include "app/tokend/config/load.hpp"
#include "app/tokend/config/print.hpp"
#include "app/tokend/daemon.hpp"
#include "app/tokend/memory_privacy.hpp"
#include "app/tokend/predecessor.hpp"
#include "app/tokend/shutdown.hpp"
#include "app/tokend/systemd.hpp"
#include "base/text.hpp"
#include "credential/plugin.hpp"

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

// Reads the command line and the configuration, and runs the daemon. Exceptions become exit statuses (sysexits.h) here
// and nowhere else.
namespace {

enum exit_status
{
    exit_ok = 0,
    exit_usage = 64,
    exit_unavailable = 69,
    exit_software = 70,
    exit_config = 78
};

void print_out(std::string const& text) { std::fputs(text.c_str(), stdout); }

exit_status complain(exit_status status, std::string const& text)
{
    std::fprintf(stderr, "tokend: %s\n", text.c_str());
    return status;
}

// What a start needs is missing, although the configuration is good.
struct unavailable : std::runtime_error
{
    using std::runtime_error::runtime_error;
};

std::string lines_of(std::vector<std::string> const& errors) { return tokend::join(errors, "\n"); }

// The lines that --check prints below its verdict.
std::string needs(tokend::configuration const& c)
{
    auto const options = tokend::table_options_of(c);
    auto text = "memory: at most " + tokend::format_rounded(tokend::table::most_bytes(options)) +
                " for tokens and principals\n";
    if (!c.tokens.file.empty())
        text += "disk: at most " + tokend::format_rounded(tokend::most_disk_bytes(options)) + " for the tokens file\n";
    return text;
}

exit_status check(tokend::command_line const& asked)
{
    auto const config = tokend::load(asked, tokend::check_backend, tokend::secret_files::may_be_hidden);
    auto const report = tokend::check_start(config);
    for (auto const& warning : report.warnings)
        std::fprintf(stderr, "warning: %s\n", warning.c_str());
    if (!report.errors.empty())
        return std::fprintf(stderr, "%s\n", lines_of(report.errors).c_str()), exit_unavailable;
    return print_out(asked.config.string() + ": the configuration is good\n" + needs(config)), exit_ok;
}

exit_status print_config(tokend::command_line const& asked)
{
    auto const config = tokend::load(asked, tokend::check_backend, tokend::secret_files::may_be_hidden);
    return print_out(
               tokend::print(config, [&](auto const& b, auto const& s) { return tokend::holds_path(config, b, s); })),
           exit_ok;
}

// Ends the tokend that is running, when nothing that can be known beforehand is in the way of this one, and returns its
// sockets.
tokend::taken_over take_over(tokend::command_line const& asked, tokend::configuration const& config)
{
    auto const& at = config.server.take_over_socket;
    if (at.path.empty())
        throw tokend::usage_error{"--take-over needs a take-over-socket in [server], which the running tokend has too"};
    auto before = tokend::predecessor::find(at.path);
    if (!before)
        return {.is_wanted = true};
    tokend::load(asked, tokend::check_backend);  // has the plugins judge, which a start leaves to the daemon
    if (auto const report = tokend::check_start(config, &before->sockets()); !report.errors.empty())
        throw unavailable{lines_of(report.errors)};
    before->end();
    return {.is_wanted = true, .from = before->pid(), .sockets = before->take_sockets()};
}

exit_status serve(tokend::command_line const& asked)
{
    auto systemd = tokend::take_service_environment();
    tokend::shutdown stop;
    auto const config = tokend::load(asked, tokend::check_backend_options);
    stop.set_limit(tokend::time_to_stop(config.server));
    auto taken = asked.takes_over ? take_over(asked, config) : tokend::taken_over{};
    auto read_again = [&] { return tokend::load(asked, tokend::check_backend_options); };
    tokend::daemon daemon{config, read_again, stop, std::move(systemd), std::move(taken)};
    daemon.run();
    return exit_ok;
}

exit_status run(tokend::command_line const& asked)
{
    using tokend::action;
    if (asked.action == action::run)
        return serve(asked);
    tokend::unblock_signals();
    switch (asked.action)
    {
    case action::help:
        return print_out(tokend::help_text()), exit_ok;
    case action::version:
        return print_out("tokend " TOKEND_VERSION "\n"), exit_ok;
    case action::plugin_help:
        return print_out(tokend::describe(tokend::plugin_library::load(tokend::plugin_directory(asked), asked.plugin))),
               exit_ok;
    case action::check:
        return check(asked);
    case action::print_config:
        return print_config(asked);
    case action::run:
        break;
    }
    return exit_software;
}

}  // namespace

int main(int argc, char** argv)
{
    tokend::block_signals();
    tokend::keep_memory_private();
    ::setenv("LDAPNOINIT", "1", 1);  // libldap reads no ldaprc; must run before other threads start
    try
    {
        return run(tokend::parse_command_line(argc, argv));
    }
    catch (tokend::usage_error const& e)
    {
        return complain(exit_usage, e.what());
    }
    catch (tokend::config_errors const& e)
    {
        std::fprintf(stderr, "%s\n", e.what());
        return exit_config;
    }
    catch (unavailable const& e)
    {
        std::fprintf(stderr, "%s\n", e.what());
        return exit_unavailable;
    }
    catch (std::system_error const& e)
    {
        return complain(exit_unavailable, e.what());
    }
    catch (std::logic_error const& e)
    {
        return complain(exit_config, e.what());
    }
    catch (std::runtime_error const& e)
    {
        return complain(exit_config, e.what());
    }
    catch (std::exception const& e)
    {
        return complain(exit_software, e.what());
    }
}

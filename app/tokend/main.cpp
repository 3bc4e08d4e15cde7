#include "app/tokend/command_line.hpp"
#include "app/tokend/config.hpp"
#include "app/tokend/daemon.hpp"
#include "base/text.hpp"
#include "credential/plugin.hpp"

#include <sys/resource.h>

#include <csignal>
#include <cstdio>
#include <exception>
#include <string>
#include <system_error>

// argv, load, run; the one place where an exception becomes an exit status (sysexits.h).
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

// What --check prints below its verdict.
std::string needs(tokend::configuration const& c)
{
    return "memory: at most " + tokend::format_rounded(tokend::table::most_bytes(tokend::table_options_of(c))) +
           " for tokens and principals\n";
}

// Is what this option holds a path?
bool is_path(tokend::configuration const& c, tokend::backend_options const& b, tokend::option_setting const& s)
{
    for (auto const& o : tokend::plugin_library::load(c.plugin_directory, b.plugin).options())
        if (o.type == TOKEND_OPTION_PATH ? s.name == o.name
                                         : o.type == TOKEND_OPTION_SECRET && s.name == std::string{o.name} + "-file" &&
                                               !s.value.starts_with("credential:"))
            return true;
    return false;
}

exit_status run(tokend::command_line const& asked)
{
    using tokend::action;
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
    case action::print_config:
    case action::run:
        break;
    }
    bool const serve = asked.action == action::run;
    auto const config = tokend::load(asked, serve ? tokend::check_backend_options : tokend::check_backend);
    if (asked.action == action::print_config)
        return print_out(tokend::print(config, [&](auto const& b, auto const& s) { return is_path(config, b, s); })),
               exit_ok;
    if (asked.action == action::check)
        return print_out(asked.config.string() + ": the configuration is good\n" + needs(config)), exit_ok;
    tokend::daemon daemon{config};
    daemon.run();
    return exit_ok;
}

}  // namespace

int main(int argc, char** argv)
{
    rlimit const no_core{0, 0};  // a core would hold passwords
    ::setrlimit(RLIMIT_CORE, &no_core);
    std::signal(SIGPIPE, SIG_IGN);
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

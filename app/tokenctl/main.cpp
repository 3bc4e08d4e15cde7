#include "commands.hpp"
#include "failure.hpp"

#include "common/file_error.hpp"

#include <boost/program_options/errors.hpp>

#include <algorithm>
#include <array>
#include <exception>
#include <iostream>
#include <stdexcept>
#include <string_view>
#include <system_error>

namespace {

using namespace tokend;

struct command
{
    std::string_view noun;
    std::string_view verb;
    void (*run)(arguments const&);
};

// `verb` is empty where the noun alone names the command. A longer name comes before a shorter one.
constexpr std::array commands{
    command{"user", "add", add_user},
    command{"user", "passwd", set_password},
    command{"user", "list", list_users},
    command{"user", "show", show_user},
    command{"user", "enable", enable_user},
    command{"user", "disable", disable_user},
    command{"user", "remove", remove_user},
    command{"user", "verify", verify_user},
    command{"access-token", "add", add_access_token},
    command{"access-token", "list", list_access_tokens},
    command{"access-token", "show", show_access_token},
    command{"access-token", "enable", enable_access_token},
    command{"access-token", "disable", disable_access_token},
    command{"access-token", "remove", remove_access_token},
    command{"access-token", "rotate", rotate_access_token},
    command{"tokens-file", "inspect", inspect_tokens_file},
    command{"sessions", "", list_sessions},
    command{"revoke", "", revoke},
    command{"lockouts", "unlock", unlock},
    command{"lockouts", "", list_lockouts},
    command{"backends", "", list_backends},
    command{"test", "", test_backend},
    command{"top", "", show_top},
    command{"config", "", show_configuration},
    command{"reload", "", reload},
    command{"health", "", show_health},
};

constexpr std::string_view help =
    "Usage: tokenctl COMMAND --help\n"
    "       tokenctl user add [OPTION]... FILE NAME\n"
    "       tokenctl user passwd | list | show | enable | disable | remove | verify\n"
    "       tokenctl access-token add [OPTION]... FILE\n"
    "       tokenctl access-token list | show | enable | disable | remove | rotate\n"
    "       tokenctl tokens-file inspect FILE\n"
    "       tokenctl sessions | revoke | lockouts [unlock] | backends | test BACKEND | top | config | reload | health\n"
    "       tokenctl --version\n"
    "\n"
    "Writes the files that tokend's plugins `file` and `access_token` read, and tells what is in\n"
    "the file in which tokens survive. The commands of the last but one line are for a running tokend:\n"
    "--admin or the variable TOKEND_ADMIN says where it is, as in TOKEND_ADMIN=unix:/run/tokend/admin.sock.\n";

void run(arguments const& words)
{
    if (words == arguments{"--help"} || words == arguments{"-h"})
    {
        std::cout << help;
        return;
    }
    if (words == arguments{"--version"} || words == arguments{"-V"})
    {
        std::cout << "tokenctl " TOKEND_VERSION "\n";
        return;
    }
    auto const wanted = std::find_if(commands.begin(), commands.end(), [&](command const& c) {
        return !words.empty() && words[0] == c.noun && (c.verb.empty() || (words.size() >= 2 && words[1] == c.verb));
    });
    if (wanted == commands.end())
        throw failure{exit_code::usage, words.empty() ? "a command was meant; see tokenctl --help"
                                                      : "there is no command '" + words[0] +
                                                            (words.size() > 1 ? ' ' + words[1] : std::string{}) +
                                                            "'; see tokenctl --help"};
    wanted->run({words.begin() + (wanted->verb.empty() ? 1 : 2), words.end()});
}

int fail(exit_code code, std::exception const& why)
{
    std::cerr << "tokenctl: " << why.what() << '\n';
    return static_cast<int>(code);
}

}  // namespace

int main(int count, char** words)
try
{
    run({words + 1, words + count});
    return static_cast<int>(exit_code::done);
}
catch (failure const& why)
{
    return fail(why.code(), why);
}
catch (boost::program_options::error const& why)
{
    return fail(exit_code::usage, why);
}
catch (plugin::file_error const& why)
{
    return fail(exit_code::bad_data, why);
}
catch (std::system_error const& why)
{
    return fail(exit_code::cannot_write, why);
}
catch (std::runtime_error const& why)
{
    return fail(exit_code::bad_data, why);
}
catch (std::exception const& why)
{
    return fail(exit_code::internal, why);
}

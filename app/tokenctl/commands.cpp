#include "commands.hpp"

#include "command_functions.hpp"
#include "output.hpp"

#include <algorithm>
#include <array>
#include <iomanip>
#include <sstream>

namespace po = boost::program_options;

namespace tokend {
namespace {

constexpr std::string_view which =
    "WHICH is an identifier, or code:DIGITS: the first eight digits, or more, that `tokenctl access-token list` shows\n"
    "of a code.\n";

constexpr std::string_view token_from =
    "The token is asked for, or is one line of standard input, or is in the file of --token-file.\n";

constexpr std::array commands{
    command{"login", "", "Logs in, and prints the token alone.", add_login_options, log_in,
            "The password, pass code or code is asked for, or is one line of standard input, or is in the file of\n"
            "--secret-file. So TOKEN=$(tokenctl login ...) works.\n"},
    command{"validate", "", "Shows whose token it is.", add_token_options, validate_token, token_from},
    command{"renew", "", "Extends a token of an organisation with sliding lifetimes.", add_token_options, renew_token,
            token_from},
    command{"release", "", "Ends a token.", add_token_options, release_token, token_from},
    command{"user add", "FILE NAME", "Adds a user to a file of the plugin `file`.", add_user_options, add_user,
            "The password is asked for, or is one line of standard input. With --replace a user who is there keeps\n"
            "everything but the password and what options name; an empty value, as in --group '', takes away what was\n"
            "there.\n"},
    command{"user passwd", "FILE NAME", "Changes the password of a user.", add_password_options, set_password,
            "It is asked for, or is one line of standard input.\n"},
    command{"user list", "FILE", "Shows the users of a file.", add_format_option, list_users},
    command{"user show", "FILE NAME", "Shows one user of a file.", add_format_option, show_user},
    command{"user enable", "FILE NAME", "Lets a user who is disabled or locked log in again.", nullptr, enable_user},
    command{"user disable", "FILE NAME", "Keeps a user from logging in; live tokens end.", nullptr, disable_user},
    command{"user remove", "FILE NAME", "Takes a user out of a file; live tokens end.", nullptr, remove_user},
    command{"user verify", "FILE NAME", "Checks a password of a user.", nullptr, verify_user,
            "The password is asked for, or is one line of standard input. The exit code is 0 if the user could log in\n"
            "with it, else 1.\n"},
    command{
        "access-token add", "FILE", "Adds an access token to a file of the plugin `access_token`.",
        add_access_token_options, add_access_token,
        "It is an authentication code, or an identifier with a pass code. The code or pass code is asked for, or is\n"
        "one line of standard input. With --replace a record that is there keeps everything but the pass code and\n"
        "what options name; an empty value, as in --group '', takes away what was there.\n"},
    command{"access-token list", "FILE", "Shows the access tokens of a file.", add_format_option, list_access_tokens},
    command{"access-token show", "FILE WHICH", "Shows one access token.", add_format_option, show_access_token, which},
    command{"access-token enable", "FILE WHICH", "Lets an access token be used again.", nullptr, enable_access_token,
            which},
    command{"access-token disable", "FILE WHICH", "Keeps an access token from being used; live tokens end.", nullptr,
            disable_access_token, which},
    command{"access-token remove", "FILE WHICH", "Takes an access token out of a file; live tokens end.", nullptr,
            remove_access_token, which},
    command{
        "access-token rotate", "FILE WHICH", "Replaces a pass code or a code by another one.", add_rotation_options,
        rotate_access_token,
        "It is asked for, or is one line of standard input.\n"
        "WHICH is an identifier, or code:DIGITS: the first eight digits, or more, that `tokenctl access-token list`\n"
        "shows of a code.\n"},
    command{"tokens-file inspect", "FILE", "Counts what a tokens file holds.", nullptr, inspect_tokens_file,
            "The file is only read, whether or not tokend is running.\n"},
    command{
        "tokens-file export", "FILE", "Prints the live sessions of a tokens file.", nullptr, export_tokens_file,
        "Each is an object of JSON on a line of its own. The file is only read, whether or not tokend is running.\n"},
    command{"sessions", "", "Shows live sessions.", add_sessions_options, list_sessions,
            "They fulfil all options, and come as they stand in the table.\n"},
    command{"revoke", "[ACCESSOR]", "Ends one session, all that fulfil the options, or all.", add_revoke_options,
            revoke, "Their tokens are invalid at once.\n"},
    command{"lockouts", "", "Shows the names that are locked out.", add_operator_options, list_lockouts,
            "The longest lock-outs come first, and at most 1000.\n"},
    command{"lockouts unlock", "[ORGANISATION NAME]", "Lets a name that is locked out, or all, log in again.",
            add_unlock_options, unlock, "The failed logins of the name are forgotten.\n"},
    command{"backends", "", "Shows the backends and how they are.", add_operator_options, list_backends},
    command{"test", "BACKEND", "Asks a backend whether it can answer now.", add_operator_options, test_backend},
    command{
        "explain", "", "Shows step by step what a login would do, and why.", add_explain_options, explain_login,
        "No token is made. The password or pass code is checked only with --secret or --secret-file. That is a real\n"
        "login for the backend: a directory may count a wrong password.\n"},
    command{
        "top", "", "Shows who has the most live tokens, and who got the most.", add_top_options, show_top,
        "These are organisations, backends, users and networks. Where there are more than 2000 users or networks, a\n"
        "count may be too high by the number in the column ERROR.\n"},
    command{"stats", "", "Is another name of `top`.", add_top_options, show_top},
    command{"config", "", "Prints the configuration that runs.", add_operator_options, show_configuration,
            "It looks as `tokend --print-config` prints it.\n"},
    command{"reload", "", "Lets tokend read its configuration again.", add_operator_options, reload,
            "With a mistake all stays as it was.\n"},
    command{"health", "", "Shows whether tokend is ready, and how each backend is.", add_operator_options, show_health},
    command{"completion", "bash|zsh|fish", "Prints what lets a shell complete the commands.", nullptr, print_completion,
            "bash: source <(tokenctl completion bash)\n"},
    command{"manual", "", "Prints the manual page tokenctl(1).", nullptr, print_manual_page,
            "To read it: tokenctl manual | man -l -\n"},
};

std::string usage_of(command const& one)
{
    auto usage = std::string{one.name};
    if (one.add_options != nullptr)
        usage += " [OPTION]...";
    if (!one.arguments.empty())
        usage.append(" ").append(one.arguments);
    return usage;
}

}  // namespace

std::span<command const> all_commands() noexcept { return commands; }

command const* find_command(arguments const& words)
{
    for (std::size_t count = std::min<std::size_t>(words.size(), 2); count > 0; --count)
    {
        auto const name = count == 2 ? words[0] + ' ' + words[1] : words[0];
        auto const found = std::ranges::find(commands, name, &command::name);
        if (found != commands.end())
            return found;
    }
    return nullptr;
}

po::options_description options_of(command const& one)
{
    po::options_description options{"Options", 100};
    if (one.add_options != nullptr)
        one.add_options(options);
    options.add_options()("help,h", "this text, alone");
    return options;
}

std::string help_of(command const& one)
{
    std::ostringstream text;
    text << "Usage: tokenctl " << usage_of(one) << '\n'
         << one.sentence << '\n'
         << one.details << '\n'
         << options_of(one);
    return text.str();
}

std::string help_of_all()
{
    std::ostringstream text;
    text << "Usage: tokenctl COMMAND [OPTION]... [ARGUMENT]...\n"
            "       tokenctl COMMAND --help\n"
            "       tokenctl --version\n\n";
    for (auto const& one : commands)
        text << "  " << std::setw(44) << std::left
             << std::string{one.name} + (one.arguments.empty() ? "" : " ") + std::string{one.arguments} << one.sentence
             << '\n';
    text << "\nTOKEND_SERVER names the tokend that clients talk to, and TOKEND_ADMIN its address for operators, as in\n"
            "TOKEND_ADMIN=unix:/run/tokend/admin.sock; the options --server and --admin come first.\n";
    return text.str();
}

}  // namespace tokend

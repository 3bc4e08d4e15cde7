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

constexpr std::array<command, 3> commands{{{"user", "add", add_user},
                                           {"access-token", "add", add_access_token},
                                           {"tokens-file", "inspect", inspect_tokens_file}}};

constexpr std::string_view help =
    "Usage: tokenctl COMMAND --help\n"
    "       tokenctl user add [OPTION]... FILE NAME\n"
    "       tokenctl access-token add [OPTION]... FILE\n"
    "       tokenctl tokens-file inspect FILE\n"
    "       tokenctl --version\n"
    "\n"
    "Writes the files that tokend's plugins `file` and `access_token` read, and tells what is in\n"
    "the file in which tokens survive.\n";

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
        return words.size() >= 2 && words[0] == c.noun && words[1] == c.verb;
    });
    if (wanted == commands.end())
        throw failure{
            exit_code::usage,
            "a command was meant: `user add`, `access-token add` or `tokens-file inspect`; see tokenctl --help"};
    wanted->run({words.begin() + 2, words.end()});
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

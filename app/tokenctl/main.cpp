#include "commands.hpp"
#include "failure.hpp"

#include "common/file_error.hpp"

#include <boost/program_options/errors.hpp>

#include <algorithm>
#include <exception>
#include <iostream>
#include <stdexcept>
#include <system_error>

namespace {

using namespace tokend;

bool is_help(arguments const& words) { return words == arguments{"--help"} || words == arguments{"-h"}; }

void run(arguments const& words)
{
    if (is_help(words) || words == arguments{"help"})
    {
        std::cout << help_of_all();
        return;
    }
    if (words == arguments{"--version"} || words == arguments{"-V"})
    {
        std::cout << "tokenctl " TOKEND_VERSION "\n";
        return;
    }
    auto const* const wanted = find_command(words);
    if (wanted == nullptr)
        throw failure{exit_code::usage, words.empty() ? "a command was meant; see tokenctl --help"
                                                      : "there is no command '" + words[0] +
                                                            (words.size() > 1 ? ' ' + words[1] : std::string{}) +
                                                            "'; see tokenctl --help"};
    auto const name_words = 1 + std::ranges::count(wanted->name, ' ');
    arguments const rest{words.begin() + name_words, words.end()};
    if (is_help(rest))
    {
        std::cout << help_of(*wanted);
        return;
    }
    wanted->run({rest, options_of(*wanted), argument_names{wanted->arguments}});
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

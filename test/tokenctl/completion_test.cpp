// The completion of real shells. A shell that is not installed is not tested.
#include "support/process.hpp"
#include "support/temporary_folder.hpp"
#include "tokenctl/run.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <optional>
#include <set>
#include <sstream>
#include <string>

using namespace tokend::test;

namespace {

auto has_shell(char const* name)
{
    return boost::unit_test::precondition([name](auto) {
        boost::test_tools::assertion_result there{std::filesystem::exists(std::filesystem::path{"/usr/bin"} / name)};
        there.message() << name << " is not installed";
        return there;
    });
}

// A script of a shell, with the completion as $1 and the words typed so far behind it. It prints a proposal a line.
std::set<std::string> proposals(std::string const& shell, std::string const& script, arguments const& typed)
{
    temporary_folder const folder;
    auto const made = run({"completion", shell}, "");
    BOOST_TEST_REQUIRE(made.code == 0);
    arguments words{folder.write("script", script).string(), folder.write("completion", made.output).string()};
    if (shell == "zsh")
        words.insert(words.begin(), "-f");
    words.insert(words.end(), typed.begin(), typed.end());
    process running{"/usr/bin/" + shell, words};
    deadline const until = std::chrono::steady_clock::now() + std::chrono::minutes{5};
    std::set<std::string> all;
    while (auto const line = running.read_line(until))
        all.insert(*line);
    BOOST_TEST(running.errors() == "");
    BOOST_TEST(running.wait(until).value_or(-1) == 0);
    return all;
}

std::set<std::string> by_bash(arguments const& typed)
{
    return proposals("bash",
                     "source \"$1\"; shift; COMP_WORDS=(tokenctl \"$@\"); COMP_CWORD=$#\n"
                     "_tokenctl; printf '%s\\n' \"${COMPREPLY[@]}\"\n",
                     typed);
}

std::set<std::string> by_fish(arguments const& typed)
{
    return proposals(
        "fish",
        "source $argv[1]; complete -C \"tokenctl $(string join ' ' -- $argv[2..])\" | string split -f 1 \\t; true\n",
        typed);
}

// zsh completes only at a prompt, so it runs on a terminal, where compadd notes what it is given.
std::set<std::string> by_zsh(arguments const& typed)
{
    return proposals("zsh", R"(zmodload zsh/zpty
zpty shell zsh -f -i
zpty -w shell "PS1=; autoload -U compinit; compinit -u -D; source $1
compadd() {
    local -a noted
    builtin compadd -O noted \"\$@\"; print -l -- \$noted >> $1.noted; builtin compadd \"\$@\"
}
finish() { : > $1.done; }; zle -N finish; bindkey '^X' finish"
zpty -n -w shell "tokenctl ${*[2,-1]}"$'\t\x18'
until [[ -e $1.done ]]; do zpty -r -t shell output; sleep 0.01; done
zpty -d shell
grep . $1.noted || true
)",
                     typed);
}

using all_of = std::set<std::string>;

// What every shell must propose.
template <class Propose>
void check_proposals(Propose const& propose)
{
    BOOST_TEST((propose({"tok"}) == all_of{"tokens-file"}));
    BOOST_TEST((propose({"tokens-file", ""}) == all_of{"export", "inspect"}));
    BOOST_TEST((propose({"user", "pass"}) == all_of{"passwd"}));
    BOOST_TEST((propose({"user", "add", "--def"}) == all_of{"--default-unit"}));
    BOOST_TEST((propose({"lockouts", "unlock", "--al"}) == all_of{"--all"}));
    BOOST_TEST((propose({"sessions", "--issued"}) == all_of{"--issued-before"}));
    BOOST_TEST((propose({"sessions", "--format", ""}) == all_of{"json", "table"}));
    BOOST_TEST((propose({"completion", "f"}) == all_of{"fish"}));
    BOOST_TEST(propose({"user", "list", "LICEN"}).contains("LICENSE"));  // tests run in the project's folder
}

}  // namespace

BOOST_AUTO_TEST_SUITE(completion_)

BOOST_AUTO_TEST_CASE(bash_completes_commands_options_values_and_files)
{
    check_proposals(by_bash);
    BOOST_TEST((by_bash({"sessions", "--format", "=", "j"}) == all_of{"json"}));
    BOOST_TEST((by_bash({"sessions", "--organisation", ""}) == all_of{""}));  // any text
    BOOST_TEST((by_bash({"nothing", "$(exit)", "--"}) == all_of{""}));
}

BOOST_AUTO_TEST_CASE(fish_completes_commands_options_values_and_files, *has_shell("fish")) { check_proposals(by_fish); }

BOOST_AUTO_TEST_CASE(zsh_completes_commands_options_values_and_files, *has_shell("zsh")) { check_proposals(by_zsh); }

// Every command of the help is completed, and has a help of its own.
BOOST_AUTO_TEST_CASE(no_command_is_left_out)
{
    std::istringstream help{run({"--help"}, "").output};
    std::size_t count = 0;
    for (std::string line; std::getline(help, line);)
    {
        if (!line.starts_with("  "))
            continue;
        std::istringstream columns{line};
        arguments words(2);
        columns >> words[0] >> words[1];
        if (words[0].ends_with(':') || line.find("tokenctl COMMAND") != line.npos ||
            line.find("tokenctl --version") != line.npos)
            continue;
        bool const is_one_word = !by_bash({words[0], ""}).contains(words[1]);
        BOOST_TEST(by_bash({words[0]}).contains(words[0]));
        words.resize(is_one_word ? 1 : 2);
        auto const name = is_one_word ? words[0] : words[0] + ' ' + words[1];
        words.push_back("--help");
        BOOST_TEST(run(words, "").output.starts_with("Usage: tokenctl " + name));
        words.back() = "--hel";
        BOOST_TEST(by_bash(words).contains("--help"), name);
        ++count;
    }
    BOOST_TEST(count > 30U);
}

BOOST_AUTO_TEST_CASE(another_shell_is_refused)
{
    auto const got = run({"completion", "tcsh"}, "");
    BOOST_TEST(got.code == 64);
    BOOST_TEST(got.errors == "tokenctl: there is no completion for 'tcsh'; bash, zsh or fish was meant\n");
}

BOOST_AUTO_TEST_SUITE_END()

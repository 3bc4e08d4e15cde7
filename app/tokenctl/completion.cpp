#include "command_functions.hpp"
#include "commands.hpp"
#include "failure.hpp"

#include "base/text.hpp"

#include <boost/program_options/value_semantic.hpp>

#include <algorithm>
#include <iostream>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace po = boost::program_options;

// Scripts that let a shell complete the commands. All of their words are from the table of commands.
namespace tokend {
namespace {

using words = std::vector<std::string>;

words split(std::string_view text, char at)
{
    words parts;
    for (;;)
    {
        auto const end = std::min(text.find(at), text.size());
        parts.emplace_back(text.substr(0, end));
        if (end == text.size())
            return parts;
        text.remove_prefix(end + 1);
    }
}

// What may follow an option, or stand for an argument.
struct value
{
    explicit value(std::string_view called) : name{called}
    {
        if (name.find('|') != name.npos)
            choices = split(name, '|');
    }
    bool is_file() const { return name == "FILE"; }
    std::string listed() const { return is_file() ? "FILE" : join(choices, " "); }

    std::string name;
    words choices{};
};

struct option
{
    explicit option(po::option_description const& from)
        : name{"--" + from.long_name()},
          what{from.description()},
          takes{from.semantic()->max_tokens() == 0 ? "" : from.semantic()->name()}
    {}
    std::string name;
    std::string what;
    value takes;  // its name is empty if the option has no value
};

std::vector<option> options_to_complete(command const& one)
{
    auto const all = options_of(one);
    std::vector<option> list;
    for (auto const& from : all.options())
        list.emplace_back(*from);
    return list;
}

std::vector<value> arguments_of(command const& one)
{
    argument_names const names{one.arguments};
    std::vector<value> list;
    for (auto const* some : {&names.mandatory, &names.optional})
        for (auto const& name : *some)
            list.emplace_back(name);
    return list;
}

// The second words of commands by their first words, with what they do. Nothing follows most first words.
std::map<std::string, std::vector<command const*>> commands_by_first_word()
{
    std::map<std::string, std::vector<command const*>> all;
    for (auto const& one : all_commands())
    {
        auto& seconds = all[split(one.name, ' ').front()];
        if (one.name.find(' ') != one.name.npos)
            seconds.push_back(&one);
    }
    return all;
}

std::string second_word(command const& one) { return split(one.name, ' ').back(); }

// What a first word does: the sentence of its command, or the second words.
std::string what_of(std::string const& first, std::vector<command const*> const& seconds)
{
    if (auto const* const one = find_command({first}))
        return std::string{one->sentence};
    words all;
    for (auto const* one : seconds)
        all.push_back(second_word(*one));
    return join(all, ", ");
}

std::string quoted(std::string_view text)
{
    std::string safe = "'";
    for (char const c : text)
        safe.append(c == '\'' ? "'\\''" : std::string{c});
    return safe + '\'';
}

// bash knows tables of words. A value that is a file is the word FILE.
void print_bash(std::ostream& out)
{
    out << "# Completion of tokenctl for bash, printed by `tokenctl completion bash`.\n_tokenctl()\n{\n"
           "    local -A following options values arguments\n";
    words firsts;
    for (auto const& [first, seconds] : commands_by_first_word())
    {
        firsts.push_back(first);
        words all;
        for (auto const* one : seconds)
            all.push_back(second_word(*one));
        if (!all.empty())
            out << "    following[" << quoted(first) << "]=" << quoted(join(all, " ")) << '\n';
    }
    for (auto const& one : all_commands())
    {
        auto const name = std::string{one.name};
        words all;
        for (auto const& o : options_to_complete(one))
        {
            all.push_back(o.name);
            if (!o.takes.name.empty())
                out << "    values[" << quoted(name + ' ' + o.name) << "]=" << quoted(o.takes.listed()) << '\n';
        }
        out << "    options[" << quoted(name) << "]=" << quoted(join(all, " ")) << '\n';
        words expected;
        for (auto const& argument : arguments_of(one))
            if (!argument.listed().empty())
                expected.push_back(argument.listed());
        if (!expected.empty())
            out << "    arguments[" << quoted(name) << "]=" << quoted(join(expected, " ")) << '\n';
    }
    out << "    local firsts=" << quoted(join(firsts, " ") + " help --help --version") << R"(
    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} name= offered=
    local first=${COMP_WORDS[1]} second=${COMP_WORDS[2]}
    if [ "$word" = = ]; then # --format=
        word=
    elif [ "$before" = = ]; then # --format=j
        before=${COMP_WORDS[COMP_CWORD - 2]}
    fi
    if ((COMP_CWORD > 2)) && [ -n "${options["$first $second"]}" ]; then
        name="$first $second"
    elif ((COMP_CWORD > 1)) && [ -n "${options["${first:--}"]}" ]; then
        name=$first
    fi
    if ((COMP_CWORD == 1)); then
        offered=$firsts
    elif [ -n "${values["$name $before"]+set}" ]; then
        offered=${values["$name $before"]}
    elif [[ $word == -* ]]; then
        offered=${options["${name:--}"]}
    else
        offered=${arguments["${name:--}"]}
        if ((COMP_CWORD == 2)); then
            offered+=" ${following["${first:--}"]}"
        fi
    fi
    COMPREPLY=()
    if [[ $offered == *FILE* ]]; then
        compopt -o filenames 2>/dev/null
        mapfile -t COMPREPLY < <(compgen -f -- "$word")
    else
        mapfile -t COMPREPLY < <(compgen -W "$offered" -- "$word")
    fi
}
complete -F _tokenctl tokenctl
)";
}

// In a description of _arguments or _describe these characters need a backslash.
std::string for_zsh(std::string_view text)
{
    std::string safe;
    for (char const c : text)
        safe.append(c == '[' || c == ']' || c == ':' || c == '\\' ? "\\" : "").append(1, c);
    return safe;
}

std::string zsh_value(value const& one)
{
    auto const how = one.is_file()         ? std::string{"_files"}
                     : one.choices.empty() ? std::string{" "}
                                           : '(' + join(one.choices, " ") + ')';
    return ':' + for_zsh(one.choices.empty() ? one.name : "one of these") + ':' + how;
}

void print_zsh_words(std::ostream& out, std::vector<std::pair<std::string, std::string>> const& all)
{
    for (auto const& [word, what] : all)
        out << " \\\n            " << quoted(for_zsh(word) + ':' + for_zsh(what));
    out << "\n        )\n        _describe -t commands command known\n";
}

void print_zsh_command(std::ostream& out, command const& one)
{
    auto const count = std::ranges::count(one.name, ' ') + 1;
    out << "        " << quoted(one.name) << ")\n            shift " << count
        << " words\n            ((CURRENT -= " << count << "))\n            _arguments";
    for (auto const& o : options_to_complete(one))
        out << " \\\n                "
            << quoted(o.name + (o.takes.name.empty() ? "" : "=") + '[' + for_zsh(o.what) + ']' +
                      (o.takes.name.empty() ? "" : zsh_value(o.takes)));
    int place = 0;
    for (auto const& argument : arguments_of(one))
        out << " \\\n                " << quoted(std::to_string(++place) + zsh_value(argument));
    out << "\n            ;;\n";
}

void print_zsh(std::ostream& out)
{
    out << "#compdef tokenctl\n# Completion of tokenctl for zsh, printed by `tokenctl completion "
           "zsh`.\n_tokenctl()\n{\n"
           "    local -a known\n    if ((CURRENT == 2)); then\n        known=(";
    auto const by_first = commands_by_first_word();
    std::vector<std::pair<std::string, std::string>> firsts;
    for (auto const& [first, seconds] : by_first)
        firsts.emplace_back(first, what_of(first, seconds));
    print_zsh_words(out, firsts);
    out << "        return\n    fi\n";
    for (auto const& [first, seconds] : by_first)
    {
        if (seconds.empty())
            continue;
        out << "    if ((CURRENT == 3)) && [[ $words[2] == " << first << " ]]; then\n        known=(";
        std::vector<std::pair<std::string, std::string>> all;
        for (auto const* one : seconds)
            all.emplace_back(second_word(*one), one->sentence);
        print_zsh_words(out, all);
        out << "    fi\n";
    }
    for (auto const count : {std::size_t{2}, std::size_t{1}})
    {
        out << (count == 2 ? "    if ((CURRENT > 3)); then\n        case \"$words[2] $words[3]\" in\n"
                           : "        case $words[2] in\n");
        for (auto const& one : all_commands())
            if (split(one.name, ' ').size() == count)
                print_zsh_command(out, one);
        out << "        esac\n" << (count == 2 ? "    fi\n" : "");
    }
    out << "}\n"
           "if [[ $funcstack[1] == _tokenctl ]]; then\n    _tokenctl \"$@\"\nelse\n    compdef _tokenctl "
           "tokenctl\nfi\n";
}

void print_fish(std::ostream& out)
{
    words names;
    for (auto const& one : all_commands())
        names.push_back(quoted(one.name));
    out << "# Completion of tokenctl for fish, printed by `tokenctl completion fish`.\n"
           "function __tokenctl_at # the command that is there so far is this one\n"
           "    set -l typed (commandline -opc)[2..3]\n"
           "    contains -- \"$typed\" "
        << join(names, " ")
        << "; or set typed $typed[1]\n"
           "    test \"$typed\" = \"$argv\"\nend\n"
           "function __tokenctl_after # exactly these words are there so far\n"
           "    test \"$(commandline -opc)[2..-1]\" = \"$argv\"\nend\n"
           "complete -c tokenctl -f\n";
    for (auto const& [first, seconds] : commands_by_first_word())
    {
        out << "complete -c tokenctl -n __tokenctl_after -a " << first << " -d " << quoted(what_of(first, seconds))
            << '\n';
        for (auto const* one : seconds)
            out << "complete -c tokenctl -n " << quoted("__tokenctl_after " + first) << " -a " << second_word(*one)
                << " -d " << quoted(one->sentence) << '\n';
    }
    auto const follow = [&](value const& one) {
        out << (one.is_file() ? " -F" : one.choices.empty() ? "" : " -a " + quoted(join(one.choices, " ")));
    };
    for (auto const& one : all_commands())
    {
        auto const begin = "complete -c tokenctl -n " + quoted("__tokenctl_at " + std::string{one.name});
        for (auto const& o : options_to_complete(one))
        {
            out << begin << " -l " << o.name.substr(2)
                << (o.takes.name.empty() ? ""
                    : o.takes.is_file()  ? " -r"
                                         : " -x");
            follow(o.takes);
            out << " -d " << quoted(o.what) << '\n';
        }
        for (auto const& argument : arguments_of(one))
            if (!argument.listed().empty())
            {
                out << begin;
                follow(argument);
                out << '\n';
            }
    }
}

}  // namespace

void print_completion(command_line const& given)
{
    auto const shell = given.text("bash|zsh|fish");
    auto* const print = shell == "bash"   ? print_bash
                        : shell == "zsh"  ? print_zsh
                        : shell == "fish" ? print_fish
                                          : nullptr;
    if (print == nullptr)
        throw failure{exit_code::usage, "there is no completion for '" + shell + "'; bash, zsh or fish was meant"};
    print(std::cout);
}

}  // namespace tokend

#include "app/plugin_check/checks.hpp"
#include "app/plugin_check/child.hpp"
#include "app/plugin_check/command_line.hpp"
#include "app/plugin_check/elf.hpp"

#include <dlfcn.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <string>
#include <string_view>
#include <utility>

namespace {

using namespace tokend;

constexpr int broken_status = 1;
constexpr int usage_status = 64;

// The first word of a line, in colour on a terminal.
std::string mark(finding::kind what)
{
    static bool const is_coloured = ::isatty(STDOUT_FILENO) == 1 && std::getenv("NO_COLOR") == nullptr;
    constexpr std::array<std::string_view, 3> words{"ok  ", "skip", "FAIL"};
    constexpr std::array<std::string_view, 3> colours{"\033[32m", "\033[33m", "\033[1;31m"};
    auto const i = static_cast<std::size_t>(what);
    return is_coloured ? std::string{colours[i]}.append(words[i]).append("\033[0m") : std::string{words[i]};
}

void print(check const& one, finding const& found)
{
    std::cout << mark(found.what) << "  " << one.name;
    if (found.what == finding::kind::ok)
        std::cout << ": " << one.what << (found.text.empty() ? "" : " (" + found.text + ')');
    else
        std::cout << ": " << found.text;
    std::cout << '\n';
    static std::string last_rule;  // often one mistake fails many checks
    if (!found.rule.empty() && std::exchange(last_rule, found.rule) != found.rule)
        std::cout << "      plugin.h: \"" << found.rule << "\"\n";
    std::cout.flush();  // the next child must not have a copy of it
}

// A sanitizer's library has to come first in a process.
void require_sanitizer(std::filesystem::path const& file)
{
    struct sanitizer
    {
        char const* symbol;
        std::string_view name;
        std::string_view library;
    };
    constexpr std::array<sanitizer, 2> known{
        {{"__asan_init", "address", "libasan.so"}, {"__tsan_init", "thread", "libtsan.so"}}};
    auto const needed = read_symbols(file).needed;
    for (auto const& one : known)
        if (std::ranges::find(needed, one.symbol) != needed.end() && ::dlsym(RTLD_DEFAULT, one.symbol) == nullptr)
            throw usage_error{file.string() + ": is built with -fsanitize=" + std::string{one.name} +
                              "; put LD_PRELOAD=\"$(cc -print-file-name=" + std::string{one.library} +
                              ")\" before this command"};
}

int run(request const& wanted)
{
    auto const& p = wanted.checked;
    auto const file = p.folder / (p.name + ".so");
    if (std::filesystem::exists(file))
        require_sanitizer(file);
    std::array<int, 3> counts{};
    for (auto const& one : all_checks())
    {
        bool const is_wanted = wanted.only.empty() || std::ranges::find(wanted.only, one.name) != wanted.only.end();
        if (!is_wanted)
            continue;
        auto const found = run_in_child([&] { return one.run(p); }, p.limit);
        print(one, found);
        ++counts[static_cast<std::size_t>(found.what)];
        if (one.is_vital && found.what == finding::kind::broken)
            return broken_status;
    }
    std::cout << counts[0] << " ok, " << counts[1] << " skipped, " << counts[2] << " failed\n";
    return counts[2] == 0 ? EXIT_SUCCESS : broken_status;
}

int act(request const& wanted)
{
    switch (wanted.what)
    {
    case request::action::help:
        std::cout << usage();
        return EXIT_SUCCESS;
    case request::action::version:
        std::cout << "tokend-plugin-check " TOKEND_VERSION ", plugin ABI " << TOKEND_ABI_MAJOR << '.'
                  << TOKEND_ABI_MINOR << '\n';
        return EXIT_SUCCESS;
    case request::action::list:
        for (auto const& one : all_checks())
            std::cout << one.name << ": " << one.what << '\n';
        return EXIT_SUCCESS;
    case request::action::check:
        break;
    }
    return run(wanted);
}

}  // namespace

int main(int argc, char** argv)
try
{
    return act(read_command_line(argc, argv));
}
catch (usage_error const& e)
{
    std::cerr << "tokend-plugin-check: " << e.what() << '\n';
    return usage_status;
}
catch (std::exception const& e)
{
    std::cerr << "tokend-plugin-check: " << e.what() << '\n';
    return broken_status;
}

#include "kit/shell.hpp"

#include <boost/test/unit_test.hpp>

#include <sys/wait.h>

#include <array>
#include <cstdio>

namespace tokend::test {

result shell(std::string const& command)
{
    auto* const pipe = ::popen(("exec 2>&1; " + command).c_str(), "r");
    BOOST_REQUIRE(pipe != nullptr);
    result r;
    std::array<char, 4096> block{};
    while (auto const count = std::fread(block.data(), 1, block.size(), pipe))
        r.output.append(block.data(), count);
    auto const status = ::pclose(pipe);
    r.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    return r;
}

std::string run_well(std::string const& command)
{
    auto r = shell(command);
    BOOST_REQUIRE_MESSAGE(r.status == 0, command << "\nended with " << r.status << ":\n" << r.output);
    return std::move(r.output);
}

std::string in_quotes(std::string_view word)
{
    std::string text = "'";
    for (char const c : word)
        text += c == '\'' ? std::string{"'\\''"} : std::string{c};
    return text + '\'';
}

}  // namespace tokend::test

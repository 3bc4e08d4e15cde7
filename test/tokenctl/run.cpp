#include "tokenctl/run.hpp"

#include "common/text_file.hpp"
#include "support/temporary_folder.hpp"

#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <stdexcept>
#include <system_error>

namespace tokend::test {
namespace {

int check(int result, char const* what)
{
    if (result < 0)
        throw std::system_error{errno, std::generic_category(), what};
    return result;
}

// In the child: executes tokenctl. A terminal on standard input becomes its controlling terminal.
[[noreturn]] void become(std::vector<char*> const& words, std::array<int, 3> const& standard,
                         std::optional<unsigned> user)
{
    int const program = ::open(words[0], O_PATH | O_CLOEXEC);  // another user may not reach its folder
    for (int i = 0; i < 3; ++i)
        ::dup2(standard[static_cast<std::size_t>(i)], i);
    if (::isatty(0) != 0)
    {
        ::setsid();
        ::ioctl(0, TIOCSCTTY, 0);
    }
    if (!user || (::setgroups(0, nullptr) == 0 && ::setgid(*user) == 0 && ::setuid(*user) == 0))
        ::fexecve(program, words.data(), environ);
    ::_exit(127);
}

std::string text_of(std::filesystem::path const& file) { return plugin::read_text_file(file.string()).text; }

}  // namespace

tokenctl::tokenctl(arguments const& given, int input, int output, int errors, std::optional<unsigned> user) : pid_{-1}
{
    std::string program = TOKENCTL;
    std::vector<std::string> copies{given};
    std::vector<char*> words{program.data()};
    for (auto& copy : copies)
        words.push_back(copy.data());
    words.push_back(nullptr);
    pid_ = check(::fork(), "fork");
    if (pid_ == 0)
        become(words, {input, output, errors}, user);
}

tokenctl::~tokenctl()
{
    if (pid_ > 0)
    {
        ::kill(pid_, SIGKILL);
        ::waitpid(pid_, nullptr, 0);
    }
}

int tokenctl::wait()
{
    int status = 0;
    check(::waitpid(pid_, &status, 0), "waitpid");
    pid_ = -1;
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

finished run(arguments const& given, std::string_view input, std::optional<unsigned> user)
{
    temporary_folder const folder;
    plugin::descriptor const in{check(::open(folder.write("in", input).c_str(), O_RDONLY | O_CLOEXEC), "in")};
    plugin::descriptor const out{check(::open((folder / "out").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600), "out")};
    plugin::descriptor const err{check(::open((folder / "err").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600), "err")};
    auto const code = tokenctl{given, in.get(), out.get(), err.get(), user}.wait();
    return {code, text_of(folder / "out"), text_of(folder / "err")};
}

on_terminal::ends on_terminal::open()
{
    ends of{};
    check(::openpty(&of.ours, &of.its, nullptr, nullptr, nullptr), "openpty");
    ::fcntl(of.ours, F_SETFD, FD_CLOEXEC);
    ::fcntl(of.its, F_SETFD, FD_CLOEXEC);
    return of;
}

on_terminal::on_terminal(arguments const& given) : on_terminal{given, open()} {}

on_terminal::on_terminal(arguments const& given, ends of)
    : ours_{of.ours}, its_{of.its}, running_{given, of.its, of.its, of.its}
{}

bool on_terminal::read_some()
{
    std::array<char, 1024> block;
    auto const count = ::read(ours_.get(), block.data(), block.size());
    if (count > 0)
        shown_.append(block.data(), static_cast<std::size_t>(count));
    return count > 0;
}

void on_terminal::wait_for(std::string_view prompt)
{
    auto const from = shown_.size();
    while (shown_.find(prompt, from) == shown_.npos)
    {
        pollfd source{ours_.get(), POLLIN, 0};
        if (check(::poll(&source, 1, 60'000), "poll") == 0 || !read_some())
            throw std::runtime_error{"no '" + std::string{prompt} + "' after: " + shown_};
    }
}

void on_terminal::type(std::string_view keys)
{
    check(static_cast<int>(::write(ours_.get(), keys.data(), keys.size())), "write");
}

bool on_terminal::echoes() const
{
    termios now{};
    check(::tcgetattr(its_.get(), &now), "tcgetattr");
    return (now.c_lflag & static_cast<tcflag_t>(ECHO)) != 0;
}

std::string on_terminal::shown()
{
    pollfd source{ours_.get(), POLLIN, 0};
    while (::poll(&source, 1, 0) > 0 && read_some())
        ;
    return shown_;
}

}  // namespace tokend::test

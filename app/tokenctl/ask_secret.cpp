#include "ask_secret.hpp"

#include "failure.hpp"

#include "tokend/descriptor.hpp"

#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <iostream>
#include <string>
#include <system_error>

namespace tokend {
namespace {

constexpr std::size_t max_secret_bytes = 1024;

[[noreturn]] void fail(char const* what) { throw std::system_error{errno, std::generic_category(), what}; }

// Turns off the echo of standard input. Signals that would end or stop the program are blocked until the destructor has
// restored the terminal.
class quiet_terminal
{
public:
    quiet_terminal() : signals_{hold_signals()}
    {
        if (!signals_ || ::tcgetattr(STDIN_FILENO, &before_) != 0)
            fail("standard input");
        auto quiet = before_;
        quiet.c_lflag = (quiet.c_lflag & ~static_cast<tcflag_t>(ECHO)) | ECHONL;
        if (::tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet) != 0)
            fail("standard input");
    }
    ~quiet_terminal()
    {
        ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
        ::pthread_sigmask(SIG_SETMASK, &mask_, nullptr);
    }

    // Returns when there is something to read. Throws failure if a signal comes first.
    void wait() const
    {
        std::array<pollfd, 2> sources{{{STDIN_FILENO, POLLIN, 0}, {signals_.get(), POLLIN, 0}}};
        if (::poll(sources.data(), sources.size(), -1) < 0 || sources[1].revents != 0)
            throw failure{exit_code::usage, "interrupted"};
    }

private:
    int hold_signals()
    {
        sigset_t held;
        ::sigemptyset(&held);
        for (int const number : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP})
            ::sigaddset(&held, number);
        ::pthread_sigmask(SIG_BLOCK, &held, &mask_);
        return ::signalfd(-1, &held, SFD_CLOEXEC);
    }

    sigset_t mask_{};  // to restore
    termios before_{};
    plugin::descriptor signals_;
};

// Returns one line without its end. Reads byte by byte, so that the next reader finds the next line. Calls `wait`
// before each byte.
template <class Wait>
secret read_line(Wait wait)
{
    secret line;
    for (char c = 0;;)
    {
        wait();
        auto const count = ::read(STDIN_FILENO, &c, 1);
        if (count < 0 && errno != EINTR)
            fail("standard input");
        if (count == 0 || (count > 0 && c == '\n') || line.reveal().size() > max_secret_bytes)
            break;
        if (count > 0)
            line.append({&c, 1});
    }
    if (line.empty())
        throw failure{exit_code::usage, "an empty secret"};
    if (line.reveal().size() > max_secret_bytes)
        throw failure{exit_code::usage, "a secret over " + std::to_string(max_secret_bytes) + " bytes"};
    return line;
}

}  // namespace

secret ask_secret(std::string_view what, asked how)
{
    if (::isatty(STDIN_FILENO) == 0)
        return read_line([] {});
    quiet_terminal const terminal;
    std::cerr << what << ": " << std::flush;
    auto first = read_line([&] { terminal.wait(); });
    if (how == asked::once)
        return first;
    std::cerr << what << " again: " << std::flush;
    auto const second = read_line([&] { terminal.wait(); });
    if (first.reveal() != second.reveal())
        throw failure{exit_code::usage, "the two differ"};
    return first;
}

}  // namespace tokend

#include "support/process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <system_error>
#include <utility>

namespace tokend::test {

namespace {

[[noreturn]] void fail(std::string_view what)
{
    throw std::system_error{errno, std::generic_category(), std::string{what}};
}

bool readable(int fd, deadline until)
{
    auto const left = std::chrono::ceil<std::chrono::milliseconds>(until - std::chrono::steady_clock::now()).count();
    pollfd watched{fd, POLLIN, 0};
    return ::poll(&watched, 1, left > 0 ? static_cast<int>(left) : 0) > 0;
}

[[noreturn]] void become(char* const* arguments, int output, int errors, std::size_t open_files)
{
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::dup2(output, STDOUT_FILENO);
    ::dup2(errors, STDERR_FILENO);
    ::rlimit const limit{open_files, open_files};
    if (open_files == 0 || ::setrlimit(RLIMIT_NOFILE, &limit) == 0)
        ::execv(arguments[0], arguments);
    ::_exit(127);
}

}  // namespace

descriptor::descriptor(int fd, std::string_view what) : fd_{fd}
{
    if (fd < 0)
        fail(what);
}

descriptor& descriptor::operator=(descriptor&& other) noexcept
{
    std::swap(fd_, other.fd_);
    return *this;
}

descriptor::~descriptor() { close(); }

void descriptor::close() noexcept
{
    if (fd_ >= 0)
        ::close(std::exchange(fd_, -1));
}

process::process(std::filesystem::path const& program, std::vector<std::string> const& arguments,
                 std::size_t open_files)
    : errors_{::memfd_create("errors", MFD_CLOEXEC), "memfd_create"}
{
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0)
        fail("pipe2");
    output_ = descriptor{ends[0], "pipe2"};
    descriptor const input{ends[1], "pipe2"};

    std::vector<std::string> texts{program.string()};
    texts.insert(texts.end(), arguments.begin(), arguments.end());
    std::vector<char*> pointers;
    for (auto& text : texts)
        pointers.push_back(text.data());
    pointers.push_back(nullptr);

    pid_ = ::fork();
    if (pid_ < 0)
        fail("fork");
    if (pid_ == 0)
        become(pointers.data(), input.get(), errors_.get(), open_files);
    end_ = descriptor{static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0)), "pidfd_open"};
}

process::~process()
{
    if (status_)
        return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
}

void process::signal(int number) const
{
    if (status_)
        return;
    ::kill(pid_, number);
    siginfo_t stopped{};
    if (number == SIGSTOP)
        ::waitid(P_PID, static_cast<id_t>(pid_), &stopped, WSTOPPED | WEXITED | WNOWAIT);
}

std::optional<std::string> process::read_line(deadline until)
{
    for (;;)
    {
        if (auto const end = unread_.find('\n'); end != std::string::npos)
        {
            auto line = unread_.substr(0, end);
            unread_.erase(0, end + 1);
            return line;
        }
        char bytes[1024];
        if (!readable(output_.get(), until))
            return std::nullopt;
        auto const count = ::read(output_.get(), bytes, sizeof bytes);
        if (count <= 0)
            return std::nullopt;
        unread_.append(bytes, static_cast<std::size_t>(count));
    }
}

std::string process::errors(std::size_t from) const
{
    std::string text;
    char bytes[4096];
    while (auto const count = ::pread(errors_.get(), bytes, sizeof bytes, static_cast<off_t>(from + text.size())))
    {
        if (count < 0)
            fail("pread");
        text.append(bytes, static_cast<std::size_t>(count));
    }
    return text;
}

std::optional<int> process::wait(deadline until)
{
    if (status_ || !readable(end_.get(), until))
        return status_;
    int status = 0;
    if (::waitpid(pid_, &status, 0) != pid_)
        fail("waitpid");
    status_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    return status_;
}

}  // namespace tokend::test

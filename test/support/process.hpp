#pragma once

#include "support/patience.hpp"

#include <sys/types.h>

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tokend::test {

// A file descriptor that the destructor closes.
class descriptor
{
public:
    descriptor() = default;
    descriptor(int fd, std::string_view what);  // throws std::system_error, errno with `what`, if fd is negative
    descriptor(descriptor&& other) noexcept : fd_{other.fd_} { other.fd_ = -1; }
    descriptor& operator=(descriptor&& other) noexcept;
    ~descriptor();

    int get() const noexcept { return fd_; }
    void close() noexcept;

private:
    int fd_ = -1;
};

// A program under test. It does not outlive the test.
class process
{
public:
    // open_files: its RLIMIT_NOFILE; 0: the test's.
    process(std::filesystem::path const& program, std::vector<std::string> const& arguments,
            std::size_t open_files = 0);
    ~process();

    pid_t pid() const noexcept { return pid_; }
    void signal(int number) const;  // after SIGSTOP it returns when all threads have stopped

    // Returns the next line of its standard output; nothing at the end of the output, or when the time is up.
    std::optional<std::string> read_line(deadline until);

    std::string errors(std::size_t from = 0) const;  // its standard error so far, from that byte on

    // Returns its exit status, or 128 + the number of the signal that ended it; nothing when the time is up.
    std::optional<int> wait(deadline until);

private:
    descriptor errors_;
    descriptor output_;
    descriptor end_;  // readable when it has ended
    pid_t pid_ = -1;
    std::string unread_;
    std::optional<int> status_;
};

}  // namespace tokend::test

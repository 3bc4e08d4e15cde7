#include "audit/audit_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <numeric>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace tokend {
namespace {

namespace fs = std::filesystem;

constexpr mode_t forbidden = S_IWGRP | S_IWOTH | S_IROTH;

std::string reason(int error) { return std::system_category().message(error); }

[[noreturn]] void fail(fs::path const& path, std::string const& why)
{
    throw std::runtime_error{"audit file " + path.string() + ": " + why};
}

// `owner` is the user that the file must belong to.
std::string mistake_of(struct stat const& s, uid_t owner)
{
    if (!S_ISREG(s.st_mode))
        return "it is not a regular file";
    if (s.st_uid != owner)
        return "it belongs to another user";
    if ((s.st_mode & forbidden) != 0)
        return "others could read it or change it; its mode may be 0600 or 0640";
    return {};
}

// Never follows a link, and never waits for the reader of a FIFO.
int open_file(fs::path const& path)
{
    constexpr int flags = O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY;
    int const fd = ::open(path.c_str(), flags, 0600);
    if (fd < 0)
        throw std::system_error{errno, std::system_category(), "audit file " + path.string() + ": cannot open it"};
    struct stat found
    {};
    auto const mistake = ::fstat(fd, &found) != 0 ? reason(errno) : mistake_of(found, ::geteuid());
    if (!mistake.empty())
    {
        ::close(fd);
        fail(path, mistake);
    }
    return fd;
}

// Returns true if the file has bytes behind its last newline: a line that a crash has cut.
bool ends_in_a_line(int fd) noexcept
{
    char last = '\n';
    auto const size = ::lseek(fd, 0, SEEK_END);
    return size > 0 && ::pread(fd, &last, 1, size - 1) == 1 && last != '\n';
}

// Returns how many bytes are written, and sets errno if these are not all.
std::size_t write_some(int fd, std::string_view bytes) noexcept
{
    std::size_t done = 0;
    while (done < bytes.size())
    {
        auto const more = ::write(fd, bytes.data() + done, bytes.size() - done);
        if (more < 0 && errno == EINTR)
            continue;
        if (more == 0)
            errno = ENOSPC;
        if (more <= 0)
            break;
        done += static_cast<std::size_t>(more);
    }
    return done;
}

}  // namespace

audit_file::audit_file(fs::path path) : path_{std::move(path)}, fd_{open_file(path_)}, is_torn_{ends_in_a_line(fd_)} {}

audit_file::~audit_file() { ::close(fd_); }

void audit_file::reopen()
{
    int const next = open_file(path_);
    ::close(std::exchange(fd_, next));
    is_torn_ = ends_in_a_line(fd_);
}

audit_sink::progress audit_file::write(std::span<std::string const> lines)
{
    auto const bytes = std::accumulate(lines.begin(), lines.end(), std::string{is_torn_ ? "\n" : ""});
    auto left = write_some(fd_, bytes);
    if (left == bytes.size())
    {
        is_torn_ = false;
        return {lines.size()};
    }
    progress done{0, "audit file " + path_.string() + ": " + reason(errno)};
    if (left > 0 && std::exchange(is_torn_, false))
        --left;
    for (; done.lines < lines.size() && lines[done.lines].size() <= left; ++done.lines)
        left -= lines[done.lines].size();
    if (left > 0)
        take_back(left);
    return done;
}

// Cuts so many bytes off the end of the file, unless another process has written behind them.
void audit_file::take_back(std::size_t bytes) noexcept
{
    struct stat now
    {};
    auto const end = ::lseek(fd_, 0, SEEK_CUR);
    bool const is_last = end >= 0 && ::fstat(fd_, &now) == 0 && now.st_size == end;
    is_torn_ = !is_last || ::ftruncate(fd_, end - static_cast<off_t>(bytes)) != 0;
}

std::string what_is_wrong_with_audit_file(fs::path const& path)
{
    struct stat found
    {};
    auto const why = [&](std::string const& what) { return "audit file " + path.string() + ": " + what; };
    if (::lstat(path.c_str(), &found) == 0)
    {
        // Root checks the file of a service that has a user of its own.
        auto const owner = ::geteuid() == 0 ? found.st_uid : ::geteuid();
        auto const mistake = mistake_of(found, owner);
        return !mistake.empty()                           ? why(mistake)
               : ::access(path.c_str(), R_OK | W_OK) != 0 ? why(reason(errno))
                                                          : std::string{};
    }
    if (errno != ENOENT)
        return why(reason(errno));
    auto const folder = path.has_parent_path() ? path.parent_path() : fs::path{"."};
    return ::access(folder.c_str(), W_OK | X_OK) == 0
               ? std::string{}
               : why("cannot make it in " + folder.string() + ": " + reason(errno));
}

}  // namespace tokend

#include "journal/file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>

namespace tokend {
namespace {

std::system_error error(int number, std::filesystem::path const& path, char const* what)
{
    return {number, std::generic_category(), "tokens file " + path.string() + ": cannot " + what};
}

}  // namespace

void journal_file::fail(char const* what) const { throw error(errno, path_, what); }

journal_file journal_file::open(std::filesystem::path const& path, access how)
{
    auto const flags = (how == access::read ? O_RDONLY : O_RDWR) | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK;
    auto const fd = ::open(path.c_str(), flags);
    if (fd < 0)
        throw error(errno, path, "open it");
    return {path, fd};
}

journal_file journal_file::create(std::filesystem::path const& path)
{
    auto const fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        throw error(errno, path, "create it");
    return {path, fd};
}

journal_file journal_file::create_beside(std::filesystem::path path)
{
    path += ".new";
    if (auto const there = std::filesystem::symlink_status(path); std::filesystem::exists(there))
    {
        auto const left = std::filesystem::is_regular_file(there) ? open(path, access::write) : journal_file{path, -1};
        if (left.fd_ < 0 || !left.is_private())
            throw std::runtime_error{"tokens file " + path.string() +
                                     " is there already and is not a file of this user alone; remove it"};
        if (!left.lock())
            throw std::runtime_error{"tokens file " + path.string() + " is in use by another process"};
        if (::unlink(path.c_str()) != 0)
            left.fail("remove it");
    }
    auto made = create(path);
    if (!made.lock() || !made.is_at_path())
        throw std::runtime_error{"tokens file " + path.string() + " is in use by another process"};
    return made;
}

void journal_file::remove() const noexcept { ::unlink(path_.c_str()); }

journal_file::journal_file(journal_file&& other) noexcept
    : path_{std::move(other.path_)}, fd_{std::exchange(other.fd_, -1)}
{}

journal_file& journal_file::operator=(journal_file&& other) noexcept
{
    std::swap(path_, other.path_);
    std::swap(fd_, other.fd_);
    return *this;
}

journal_file::~journal_file()
{
    if (fd_ >= 0)
        ::close(fd_);
}

std::uint64_t journal_file::size() const
{
    struct stat seen;
    if (::fstat(fd_, &seen) != 0)
        fail("ask for its size");
    return static_cast<std::uint64_t>(seen.st_size);
}

bool journal_file::lock() const
{
    if (::flock(fd_, LOCK_EX | LOCK_NB) == 0)
        return true;
    if (errno != EWOULDBLOCK)
        fail("lock it");
    return false;
}

bool journal_file::is_at_path() const
{
    struct stat here;
    struct stat there;
    if (::fstat(fd_, &here) != 0)
        fail("ask which file it is");
    return ::lstat(path_.c_str(), &there) == 0 && here.st_ino == there.st_ino && here.st_dev == there.st_dev;
}

bool journal_file::is_private() const
{
    struct stat seen;
    if (::fstat(fd_, &seen) != 0)
        fail("ask for its mode");
    return S_ISREG(seen.st_mode) && seen.st_uid == ::geteuid() && (seen.st_mode & 0077) == 0;
}

void journal_file::read(std::uint64_t at, std::span<std::byte> out) const
{
    while (!out.empty())
    {
        auto const got = ::pread(fd_, out.data(), out.size(), static_cast<off_t>(at));
        if (got < 0 && errno != EINTR)
            fail("read it");
        if (got == 0)
            break;
        auto const count = static_cast<std::size_t>(std::max<ssize_t>(got, 0));
        out = out.subspan(count);
        at += count;
    }
    std::fill(out.begin(), out.end(), std::byte{});
}

void journal_file::write(std::uint64_t at, std::span<std::byte const> bytes) const
{
    while (!bytes.empty())
    {
        auto const put = ::pwrite(fd_, bytes.data(), bytes.size(), static_cast<off_t>(at));
        if (put < 0 && errno != EINTR)
            fail("write to it");
        if (put == 0)
            throw error(ENOSPC, path_, "write to it");
        auto const count = static_cast<std::size_t>(std::max<ssize_t>(put, 0));
        bytes = bytes.subspan(count);
        at += count;
    }
}

// On a file system that cannot allocate, a write shows whether there is room.
void journal_file::allocate(std::uint64_t from, std::uint64_t bytes) const
{
    while (::fallocate(fd_, 0, static_cast<off_t>(from), static_cast<off_t>(bytes)) != 0)
    {
        if (errno == EOPNOTSUPP && ::ftruncate(fd_, static_cast<off_t>(std::max(size(), from + bytes))) == 0)
            return;
        if (errno != EINTR)
            fail("allocate space for it");
    }
}

void journal_file::synchronize() const
{
    if (::fdatasync(fd_) != 0)
        fail("bring it to the disk");
}

void journal_file::rename(std::filesystem::path const& path)
{
    if (::rename(path_.c_str(), path.c_str()) != 0)
        fail("rename it");
    path_ = path;
}

void journal_file::rename_to_free(std::filesystem::path const& path)
{
    if (::link(path_.c_str(), path.c_str()) != 0 || ::unlink(path_.c_str()) != 0)
        fail(("rename it to " + path.string()).c_str());
    path_ = path;
}

void journal_file::synchronize_folder() const
{
    auto const folder = path_.has_parent_path() ? path_.parent_path() : std::filesystem::path{"."};
    auto const fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool const done = fd >= 0 && ::fsync(fd) == 0;
    auto const number = errno;
    if (fd >= 0)
        ::close(fd);
    if (!done)
        throw error(number, path_, "bring its folder to the disk");
}

}  // namespace tokend

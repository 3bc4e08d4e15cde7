#include "journal/file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

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
    auto const fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        throw error(errno, path, "create it");
    return {path, fd};
}

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

bool journal_file::is_at_path() const noexcept
{
    struct stat here;
    struct stat there;
    return ::fstat(fd_, &here) == 0 && ::lstat(path_.c_str(), &there) == 0 && here.st_ino == there.st_ino &&
           here.st_dev == there.st_dev;
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
        auto const count = static_cast<std::size_t>(std::max<ssize_t>(put, 0));
        bytes = bytes.subspan(count);
        at += count;
    }
}

// Asks first, so as not to fill the disk on the way to an error. A file system of no size tells nothing.
void journal_file::allocate(std::uint64_t bytes) const
{
    struct statvfs there;
    if (::fstatvfs(fd_, &there) != 0)
        fail("ask for the free space");
    if (auto const free = std::uint64_t{there.f_bfree} * there.f_frsize; there.f_blocks != 0 && free < bytes)
        throw error(
            ENOSPC, path_,
            ("allocate its " + std::to_string(bytes) + " bytes, " + std::to_string(free) + " are free").c_str());
    if (auto const number = ::posix_fallocate(fd_, 0, static_cast<off_t>(bytes)); number != 0)
        throw error(number, path_, ("allocate its " + std::to_string(bytes) + " bytes").c_str());
}

void journal_file::write_zeros(std::uint64_t at, std::uint64_t bytes) const
{
    std::vector<std::byte> const zeros(std::min<std::uint64_t>(bytes, std::size_t{1} << 20));
    for (std::uint64_t done = 0; done < bytes; done += zeros.size())
        write(at + done, std::span{zeros}.first(std::min<std::uint64_t>(zeros.size(), bytes - done)));
}

void journal_file::synchronize() const
{
    if (::fdatasync(fd_) != 0)
        fail("bring it to the disk");
}

void journal_file::empty() const
{
    if (::ftruncate(fd_, 0) != 0)
        fail("empty it");
}

void journal_file::replace(std::filesystem::path const& other)
{
    if (::rename(path_.c_str(), other.c_str()) != 0)
        fail("rename it");
    path_ = other;
    synchronize_folder();
}

void journal_file::move_to_free(std::filesystem::path const& path)
{
    if (::link(path_.c_str(), path.c_str()) != 0 || ::unlink(path_.c_str()) != 0)
        fail(("rename it to " + path.string()).c_str());
    path_ = path;
    synchronize_folder();
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

file_mapping::file_mapping(journal_file const& file, std::uint64_t at, std::size_t bytes)
    : memory_{::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, file.descriptor(), static_cast<off_t>(at))},
      bytes_{bytes}
{
    if (memory_ == MAP_FAILED)
        throw error(errno, file.path(), "map it");
}

file_mapping::~file_mapping()
{
    if (memory_ != nullptr)
        ::munmap(memory_, bytes_);
}

file_mapping::file_mapping(file_mapping&& other) noexcept
    : memory_{std::exchange(other.memory_, nullptr)}, bytes_{other.bytes_}
{}

void file_mapping::synchronize(std::size_t from, std::size_t to) const
{
    if (from < to && ::msync(static_cast<std::byte*>(memory_) + from, to - from, MS_SYNC) != 0)
        throw std::system_error(errno, std::generic_category(), "tokens file: cannot bring it to the disk");
}

}  // namespace tokend

#include "common/replace_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstdio>
#include <string>
#include <system_error>

namespace tokend::plugin {
namespace {

[[noreturn]] void fail(std::filesystem::path const& path)
{
    throw std::system_error{errno, std::generic_category(), path.string()};
}

// The path of the file itself, with links resolved. The file need not exist.
std::filesystem::path real(std::filesystem::path const& file)
{
    return std::filesystem::weakly_canonical(std::filesystem::absolute(file));
}

int open_folder(std::filesystem::path const& folder)
{
    return ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

void write_all(int fd, std::string_view bytes, std::filesystem::path const& path)
{
    while (!bytes.empty())
    {
        auto const written = ::write(fd, bytes.data(), bytes.size());
        if (written < 0 && errno != EINTR)
            fail(path);
        if (written > 0)
            bytes.remove_prefix(static_cast<std::size_t>(written));
    }
}

// A new file can be read by the group of its folder, such as that of the user who runs tokend. Where this user may not
// give it that group, it stays the owner's alone.
void give_to_group_of_folder(int fd, std::filesystem::path const& target)
{
    struct stat folder
    {};
    if (::stat(target.parent_path().c_str(), &folder) != 0)
        fail(target.parent_path());
    if (::fchown(fd, static_cast<uid_t>(-1), folder.st_gid) == 0 && ::fchmod(fd, 0640) != 0)
        fail(target);
}

// Gives the new file `fd` the owner, group and mode of the file that it will replace.
void take_over(int fd, std::filesystem::path const& target)
{
    struct stat old
    {};
    if (::stat(target.c_str(), &old) != 0)
    {
        if (errno != ENOENT)
            fail(target);
        give_to_group_of_folder(fd, target);
        return;
    }
    struct stat made
    {};
    if (::fstat(fd, &made) != 0)
        fail(target);
    bool const is_ours = old.st_uid == made.st_uid && old.st_gid == made.st_gid;
    if ((!is_ours && ::fchown(fd, old.st_uid, old.st_gid) != 0) || ::fchmod(fd, old.st_mode & 07777) != 0)
        fail(target);
}

// A new name is on disk once its folder is synchronised.
void sync_folder_of(std::filesystem::path const& target)
{
    descriptor const folder{open_folder(target.parent_path())};
    if (!folder || ::fsync(folder.get()) != 0)
        fail(target);
}

}  // namespace

folder_lock::folder_lock(std::filesystem::path const& file) : folder_{open_folder(real(file).parent_path())}
{
    if (!folder_)
        fail(file.parent_path());
    while (::flock(folder_.get(), LOCK_EX) != 0)
        if (errno != EINTR)
            fail(file.parent_path());
}

void replace_file(std::filesystem::path const& file, std::string_view text)
{
    auto const target = real(file);
    auto const temporary = target.parent_path() / ('.' + target.filename().string() + ".new");
    ::unlink(temporary.c_str());  // left by a run that was killed; the lock keeps others away
    try
    {
        descriptor const made{::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600)};
        if (!made)
            fail(temporary);
        take_over(made.get(), target);
        write_all(made.get(), text, temporary);
        if (::fsync(made.get()) != 0 || std::rename(temporary.c_str(), target.c_str()) != 0)
            fail(target);
    }
    catch (...)
    {
        ::unlink(temporary.c_str());
        throw;
    }
    sync_folder_of(target);
}

void create_file(std::filesystem::path const& file, std::string_view text)
{
    descriptor const made{::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600)};
    if (!made)
        fail(file);
    try
    {
        give_to_group_of_folder(made.get(), real(file));
        write_all(made.get(), text, file);
        if (::fsync(made.get()) != 0)
            fail(file);
        sync_folder_of(real(file));
    }
    catch (...)
    {
        ::unlink(file.c_str());
        throw;
    }
}

}  // namespace tokend::plugin

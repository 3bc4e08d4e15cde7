#include "web/net/socket_file.hpp"

#include "base/system_account.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <optional>
#include <system_error>
#include <utility>

namespace tokend {

socket_file::socket_file(std::string path)
{
    struct stat made
    {};
    if (::lstat(path.c_str(), &made) != 0)
        return;
    path_ = std::move(path);
    device_ = made.st_dev;
    inode_ = made.st_ino;
}

socket_file::socket_file(socket_file&& other) noexcept
    : path_{std::exchange(other.path_, {})}, device_{other.device_}, inode_{other.inode_}
{}

socket_file& socket_file::operator=(socket_file&& other) noexcept
{
    std::swap(path_, other.path_);
    std::swap(device_, other.device_);
    std::swap(inode_, other.inode_);
    return *this;
}

void socket_file::protect(unsigned mode, std::string const& group) const
{
    if (path_.empty())
        return;
    auto const number = group.empty() ? std::nullopt : find_group(group);
    bool const has_group = !number || ::chown(path_.c_str(), static_cast<uid_t>(-1), *number) == 0;
    if (!has_group || ::chmod(path_.c_str(), mode) != 0)
        throw std::system_error{errno, std::system_category(), "cannot give unix:" + path_ + " its mode and group"};
}

void socket_file::remove() noexcept
{
    auto const path = std::exchange(path_, {});
    struct stat found
    {};
    if (!path.empty() && ::lstat(path.c_str(), &found) == 0 && found.st_dev == device_ && found.st_ino == inode_)
        ::unlink(path.c_str());
}

}  // namespace tokend

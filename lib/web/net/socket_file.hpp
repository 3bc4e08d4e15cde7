#pragma once

#include <sys/types.h>

#include <string>

namespace tokend {

// The file of a Unix socket on which this process listens. Removes it in the end, unless another process has put its
// own file in the same place since. Not thread-safe.
class socket_file
{
public:
    socket_file() noexcept = default;        // of no socket
    explicit socket_file(std::string path);  // REQUIRES: the socket is bound
    socket_file(socket_file&& other) noexcept;
    socket_file& operator=(socket_file&& other) noexcept;
    ~socket_file() { remove(); }

    // Gives the file these permissions, and this group unless its name is empty. Throws std::system_error.
    void protect(unsigned mode, std::string const& group) const;
    // Call it before the socket closes: until then no other process takes the file for one that was left behind.
    void remove() noexcept;
    // The file stays, because another process listens on the socket.
    void leave() noexcept { path_.clear(); }

private:
    std::string path_;
    dev_t device_ = 0;
    ino_t inode_ = 0;
};

}  // namespace tokend

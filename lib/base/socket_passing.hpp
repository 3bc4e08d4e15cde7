#pragma once

#include "base/inherited_sockets.hpp"

#include <sys/types.h>

#include <cstddef>
#include <vector>

// Descriptors on their way from one process to another over a connected Unix stream socket, which blocks; see
// SCM_RIGHTS and SO_PEERCRED in unix(7).
namespace tokend {

constexpr std::size_t most_passed_sockets = 253;  // the kernel takes no more in one message

struct peer_process
{
    pid_t pid;  // 0: it is not visible here, because it runs in a container of its own
    uid_t user;
};

// Throws std::system_error if `socket` is not a connected Unix socket.
peer_process peer_of(int socket);

// Passes copies of the sockets, in one message. Names have no line break. Throws std::system_error if the other side
// is gone, and std::length_error for more than most_passed_sockets.
void send_sockets(int over, std::vector<inherited_sockets::named_socket> const& sockets);

// Waits for what send_sockets() sends. The descriptors are marked as close-on-exec. Throws std::system_error if the
// system fails, and also if the other side closes the connection or sends anything else.
inherited_sockets receive_sockets(int over);

}  // namespace tokend

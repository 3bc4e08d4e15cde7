#include "web/net/peer_process.hpp"

#include <sys/socket.h>

#include <cerrno>

namespace tokend {

std::shared_ptr<unix_peer const> process_behind(int socket)
{
    ucred who{};
    socklen_t size = sizeof who;
    if (::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &who, &size) != 0)
        return nullptr;
    std::vector<gid_t> groups(32);
    size = static_cast<socklen_t>(groups.size() * sizeof(gid_t));
    while (::getsockopt(socket, SOL_SOCKET, SO_PEERGROUPS, groups.data(), &size) != 0)
    {
        if (errno != ERANGE)  // else `size` is the one that is needed
            return nullptr;
        groups.resize(size / sizeof(gid_t));
    }
    groups.resize(size / sizeof(gid_t));
    groups.push_back(who.gid);
    return std::make_shared<unix_peer const>(unix_peer{who.uid, std::move(groups)});
}

}  // namespace tokend

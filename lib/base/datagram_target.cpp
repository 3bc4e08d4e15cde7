#include "base/datagram_target.hpp"

#include <unistd.h>

#include <cstddef>
#include <cstring>

namespace tokend {

datagram_target::datagram_target(std::string_view to) noexcept
{
    if ((!to.starts_with('/') && !to.starts_with('@')) || to.size() >= sizeof address_.sun_path)
        return;
    address_.sun_family = AF_UNIX;
    std::memcpy(address_.sun_path, to.data(), to.size());
    if (to.front() == '@')
        address_.sun_path[0] = '\0';
    size_ = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + to.size());
    socket_ = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
}

datagram_target::~datagram_target()
{
    if (is_usable())
        ::close(socket_);
}

msghdr datagram_target::message() const noexcept
{
    msghdr made{};
    made.msg_name = const_cast<sockaddr_un*>(&address_);  // sendmsg(2) only reads it
    made.msg_namelen = size_;
    return made;
}

}  // namespace tokend

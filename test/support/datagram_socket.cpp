#include "support/datagram_socket.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstring>
#include <stdexcept>
#include <utility>

namespace tokend::test {
namespace {

std::string read_sealed(int file)
{
    constexpr int seals = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL;
    descriptor const owned{file, "a file in a datagram"};
    if ((::fcntl(file, F_GET_SEALS) & seals) != seals)
        throw std::runtime_error{"the file is not sealed"};
    std::string text(static_cast<std::size_t>(::lseek(file, 0, SEEK_END)), '\0');
    if (::pread(file, text.data(), text.size(), 0) != static_cast<ssize_t>(text.size()))
        throw std::runtime_error{"the file cannot be read"};
    return text;
}

}  // namespace

datagram_socket::datagram_socket(std::string path)
    : path_{std::move(path)}, socket_{::socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0), "socket"}
{
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path_.copy(address.sun_path, sizeof address.sun_path - 1);
    if (path_.starts_with('@'))
        address.sun_path[0] = '\0';
    auto const size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path_.size());
    if (::bind(socket_.get(), reinterpret_cast<sockaddr const*>(&address), size) != 0)
        throw std::runtime_error{"cannot bind " + path_};
}

datagram_socket::~datagram_socket() { ::unlink(path_.c_str()); }

std::string datagram_socket::receive() const
{
    std::string text(1 << 20, '\0');
    iovec bytes{text.data(), text.size()};
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
    msghdr message{};
    message.msg_iov = &bytes;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    auto const received = ::recvmsg(socket_.get(), &message, MSG_CMSG_CLOEXEC);
    if (received < 0)
        return {};
    if (auto const* const header = CMSG_FIRSTHDR(&message); header && header->cmsg_type == SCM_RIGHTS)
    {
        int file = -1;
        std::memcpy(&file, CMSG_DATA(header), sizeof file);
        return read_sealed(file);
    }
    text.resize(static_cast<std::size_t>(received));
    return text;
}

}  // namespace tokend::test

#include "base/socket_passing.hpp"

#include "base/text.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace tokend {
namespace {

// A message is a line with the number of sockets, and then a line with the name of each.
constexpr std::string_view begin_of_message = "sockets ";
constexpr std::size_t most_bytes = most_passed_sockets * 512;

[[noreturn]] void fail(char const* what) { throw std::system_error{errno, std::system_category(), what}; }

[[noreturn]] void fail(std::errc kind, char const* what) { throw std::system_error{std::make_error_code(kind), what}; }

[[noreturn]] void refuse() { fail(std::errc::bad_message, "what came over the socket is not a list of sockets"); }

// Room for the descriptors of one message, aligned as its header must be.
struct alignas(cmsghdr) control_buffer
{
    std::array<char, CMSG_SPACE(sizeof(int) * most_passed_sockets)> bytes{};
};

std::string message_of(std::vector<inherited_sockets::named_socket> const& sockets)
{
    auto text = std::string{begin_of_message} + std::to_string(sockets.size()) + '\n';
    for (auto const& s : sockets)
        text.append(s.name).append("\n");
    return text;
}

void attach(msghdr& message, control_buffer& buffer, std::vector<inherited_sockets::named_socket> const& sockets)
{
    auto const size = sizeof(int) * sockets.size();
    message.msg_control = buffer.bytes.data();
    message.msg_controllen = CMSG_SPACE(size);
    auto* const header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(size);
    for (std::size_t i = 0; i < sockets.size(); ++i)
        std::memcpy(CMSG_DATA(header) + i * sizeof(int), &sockets[i].descriptor, sizeof(int));
}

// Appends the descriptors that came with the message, as sockets without names.
void detach(msghdr& message, std::vector<inherited_sockets::named_socket>& sockets)
{
    for (auto* header = CMSG_FIRSTHDR(&message); header != nullptr; header = CMSG_NXTHDR(&message, header))
        if (header->cmsg_level == SOL_SOCKET && header->cmsg_type == SCM_RIGHTS)
            for (std::size_t at = 0; CMSG_LEN(at + sizeof(int)) <= header->cmsg_len; at += sizeof(int))
            {
                int descriptor = -1;
                std::memcpy(&descriptor, CMSG_DATA(header) + at, sizeof(int));
                sockets.push_back({{}, descriptor});
            }
}

// The names in a message, or nothing while it is not complete.
std::optional<std::vector<std::string>> names_in(std::string_view text)
{
    auto const next_line = [&]() -> std::optional<std::string_view> {
        auto const end = text.find('\n');
        if (end == text.npos)
            return std::nullopt;
        auto const line = text.substr(0, end);
        text.remove_prefix(end + 1);
        return line;
    };
    auto const first = next_line();
    if (!first)
        return std::nullopt;
    auto const count =
        first->starts_with(begin_of_message) ? parse_number(first->substr(begin_of_message.size())) : std::nullopt;
    if (!count || *count > most_passed_sockets)
        refuse();
    std::vector<std::string> names;
    while (names.size() < *count)
    {
        auto const name = next_line();
        if (!name)
            return std::nullopt;
        names.emplace_back(*name);
    }
    if (!text.empty())
        refuse();
    return names;
}

}  // namespace

peer_process peer_of(int socket)
{
    ucred peer{};
    socklen_t size = sizeof peer;
    if (::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0)
        fail("cannot tell who is at the other end of a socket");
    return {peer.pid, peer.uid};
}

void send_sockets(int over, std::vector<inherited_sockets::named_socket> const& sockets)
{
    if (sockets.size() > most_passed_sockets)
        throw std::length_error{"more than " + std::to_string(most_passed_sockets) + " sockets cannot be passed on"};
    auto const text = message_of(sockets);
    control_buffer buffer;
    for (std::string_view rest = text; !rest.empty();)
    {
        iovec part{const_cast<char*>(rest.data()), rest.size()};
        msghdr message{};
        message.msg_iov = &part;
        message.msg_iovlen = 1;
        if (rest.size() == text.size() && !sockets.empty())
            attach(message, buffer, sockets);
        auto const sent = ::sendmsg(over, &message, MSG_NOSIGNAL);
        if (sent < 0 && errno != EINTR)
            fail("cannot pass sockets on");
        rest.remove_prefix(static_cast<std::size_t>(std::max<ssize_t>(sent, 0)));
    }
}

inherited_sockets receive_sockets(int over)
{
    std::vector<inherited_sockets::named_socket> sockets;
    std::string text;
    std::array<char, 4096> bytes;
    control_buffer buffer;
    std::optional<std::vector<std::string>> names;
    auto const receive = [&] {
        iovec part{bytes.data(), bytes.size()};
        msghdr message{};
        message.msg_iov = &part;
        message.msg_iovlen = 1;
        message.msg_control = buffer.bytes.data();
        message.msg_controllen = buffer.bytes.size();
        auto const count = ::recvmsg(over, &message, MSG_CMSG_CLOEXEC);
        if (count < 0 && errno == EINTR)
            return;
        if (count < 0)
            fail("cannot receive sockets");
        if (count == 0)
            fail(std::errc::connection_aborted, "the connection was closed before all sockets came");
        detach(message, sockets);
        text.append(bytes.data(), static_cast<std::size_t>(count));
        if (text.size() > most_bytes)
            refuse();
    };
    try
    {
        while (!(names = names_in(text)))
            receive();
        if (names->size() != sockets.size())
            refuse();
    }
    catch (...)
    {
        inherited_sockets const closed{std::move(sockets)};
        throw;
    }
    for (std::size_t i = 0; i < sockets.size(); ++i)
        sockets[i].name = std::move((*names)[i]);
    return inherited_sockets{std::move(sockets)};
}

}  // namespace tokend

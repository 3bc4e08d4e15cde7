#include "app/tokend/predecessor.hpp"

#include "base/socket_passing.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <system_error>
#include <utility>

namespace tokend {
namespace {

[[noreturn]] void fail(std::string const& what) { throw std::system_error{errno, std::system_category(), what}; }

// A connection to the Unix socket, or -1 if nobody listens there. REQUIRES: `path` fits into an address.
int connect_to(std::string const& path)
{
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, path.size());
    int const made = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (made < 0)
        fail("cannot make a socket");
    timeval const limit{10, 0};  // of each receive
    ::setsockopt(made, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    if (::connect(made, reinterpret_cast<sockaddr const*>(&address), sizeof address) == 0)
        return made;
    int const error = std::exchange(errno, 0);
    ::close(made);
    if (error == ENOENT || error == ECONNREFUSED)
        return -1;
    throw std::system_error{error, std::system_category(), "cannot connect to unix:" + path};
}

// Its descriptor becomes readable when the process has ended, and all that it held is free.
int open_process(peer_process const& peer)
{
    if (peer.user != 0 && peer.user != ::geteuid())
        throw std::system_error{std::make_error_code(std::errc::operation_not_permitted),
                                "the process at take-over-socket belongs to user " + std::to_string(peer.user)};
    if (peer.pid == 0)
        throw std::system_error{std::make_error_code(std::errc::no_such_process),
                                "the process at take-over-socket is in another container"};
    int const process = static_cast<int>(::syscall(SYS_pidfd_open, peer.pid, 0));
    if (process < 0)
        fail("cannot watch process " + std::to_string(peer.pid));
    return process;
}

}  // namespace

predecessor::predecessor(int connection, int process, pid_t pid, inherited_sockets sockets) noexcept
    : connection_{connection}, process_{process}, pid_{pid}, sockets_{std::move(sockets)}
{}

predecessor::predecessor(predecessor&& other) noexcept
    : connection_{std::exchange(other.connection_, -1)},
      process_{std::exchange(other.process_, -1)},
      pid_{other.pid_},
      sockets_{std::move(other.sockets_)}
{}

predecessor::~predecessor()
{
    for (int const descriptor : {connection_, process_})
        if (descriptor >= 0)
            ::close(descriptor);
}

std::optional<predecessor> predecessor::find(std::string const& at)
try
{
    int const connection = connect_to(at);
    if (connection < 0)
        return std::nullopt;
    predecessor found{connection, -1, 0, {}};  // closes what is open if the rest fails
    auto const peer = peer_of(connection);
    found.process_ = open_process(peer);
    found.pid_ = peer.pid;
    found.sockets_ = receive_sockets(connection);
    return found;
}
catch (std::system_error const& e)
{
    if (e.code() != std::errc::resource_unavailable_try_again)
        throw;
    throw std::system_error{
        std::make_error_code(std::errc::timed_out),
        "the process at take-over-socket passes no sockets; perhaps another one takes over already"};
}

void predecessor::end()
{
    if (::send(connection_, "e", 1, MSG_NOSIGNAL) != 1)
        fail("cannot end process " + std::to_string(pid_));
    pollfd until_ended{process_, POLLIN, 0};
    while (::poll(&until_ended, 1, -1) != 1)
        if (errno != EINTR)
            fail("cannot wait for the end of process " + std::to_string(pid_));
}

}  // namespace tokend

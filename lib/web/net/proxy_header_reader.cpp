#include "web/net/proxy_header_reader.hpp"

#include <sys/socket.h>

#include <array>
#include <cerrno>

namespace tokend {
namespace {

// Takes bytes off a socket that have been seen there. Returns false if they are gone with the connection.
bool consume(int socket, std::size_t count) noexcept
{
    std::array<char, proxy_header::most_bytes> seen;
    while (count > 0)
    {
        auto const taken = ::recv(socket, seen.data(), count, MSG_DONTWAIT);
        if (taken <= 0 && errno != EINTR)
            return false;
        count -= taken > 0 ? static_cast<std::size_t>(taken) : 0;
    }
    return true;
}

}  // namespace

transfer proxy_header_reader::read(int socket)
{
    constexpr transfer ended{.outcome = transfer::outcome::ended};
    while (!is_complete())
    {
        std::array<char, proxy_header::most_bytes> piece;
        auto const there = ::recv(socket, piece.data(), piece.size(), MSG_PEEK | MSG_DONTWAIT);
        if (there < 0 && errno == EINTR)
            continue;
        if (there < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
            return {.outcome = transfer::outcome::would_block, .blocked_on = blocked_on::input};
        if (there <= 0)
            return ended;
        auto const size = static_cast<std::size_t>(there);
        auto const before = so_far_.size();
        so_far_.append(piece.data(), size);
        header_ = read_proxy_header(so_far_);
        if (header_.what == proxy_header::state::malformed ||
            !consume(socket, is_complete() ? header_.size - before : size))
            return ended;
    }
    so_far_ = {};
    return {.outcome = transfer::outcome::done};
}

std::string_view proxy_header_reader::fault() const noexcept
{
    if (header_.what == proxy_header::state::malformed)
        return "malformed";
    return is_complete() || so_far_.empty() ? std::string_view{} : "incomplete";
}

}  // namespace tokend

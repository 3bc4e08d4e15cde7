#pragma once

#include "web/session.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <span>
#include <string_view>

namespace tokend {

// What one attempt to read or to write came to.
struct transfer
{
    enum class outcome
    {
        done,
        would_block,
        ended  // the peer sends, or takes, nothing any more
    };
    transfer::outcome outcome = outcome::would_block;
    std::size_t bytes = 0;
};

// A connection's socket, TCP or Unix, taken out of Asio's reactor: a poller says when it is ready, and nothing here waits.
class plain_stream
{
public:
    explicit plain_stream(stream_socket socket) : descriptor_{socket.release()} {}
    plain_stream(plain_stream const&) = delete;
    ~plain_stream() { ::close(descriptor_); }

    int native_handle() const noexcept { return descriptor_; }
    transfer read(std::span<char> to) noexcept
    {
        return outcome_of(::recv(descriptor_, to.data(), to.size(), MSG_DONTWAIT));
    }
    transfer write(std::string_view from) noexcept
    {
        return outcome_of(::send(descriptor_, from.data(), from.size(), MSG_DONTWAIT | MSG_NOSIGNAL));
    }
    void shutdown_send() noexcept { ::shutdown(descriptor_, SHUT_WR); }

private:
    static transfer outcome_of(ssize_t count) noexcept
    {
        if (count > 0)
            return {transfer::outcome::done, static_cast<std::size_t>(count)};
        bool const later = count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR);
        return {later ? transfer::outcome::would_block : transfer::outcome::ended, 0};
    }

    int const descriptor_;
};

}  // namespace tokend

#pragma once

#include "web/net/serve.hpp"
#include "web/net/transfer.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <span>
#include <string_view>

namespace tokend {

// A connection's socket, TCP or Unix, taken out of Asio's reactor: a poller reports when it is ready.
class plain_stream
{
public:
    explicit plain_stream(stream_socket socket) : plain_stream{socket.release()} {}
    explicit plain_stream(int descriptor) noexcept : descriptor_{descriptor} {}
    plain_stream(plain_stream const&) = delete;
    ~plain_stream() { ::close(descriptor_); }

    int native_handle() const noexcept { return descriptor_; }
    transfer read(std::span<char> to) noexcept
    {
        auto got = transfer_of(::recv(descriptor_, to.data(), to.size(), MSG_DONTWAIT), blocked_on::input);
        got.drained = got.bytes < to.size();  // the poller reports what comes after a short read
        return got;
    }
    transfer write(std::string_view from) noexcept
    {
        return transfer_of(::send(descriptor_, from.data(), from.size(), MSG_DONTWAIT | MSG_NOSIGNAL),
                           blocked_on::room);
    }
    void shutdown_send() noexcept { ::shutdown(descriptor_, SHUT_WR); }

private:
    static transfer transfer_of(ssize_t count, blocked_on on) noexcept
    {
        if (count > 0)
            return {.outcome = transfer::outcome::done, .bytes = static_cast<std::size_t>(count)};
        bool const later = count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR);
        return {.outcome = later ? transfer::outcome::would_block : transfer::outcome::ended, .blocked_on = on};
    }

    int const descriptor_;
};

}  // namespace tokend

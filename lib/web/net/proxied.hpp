#pragma once

#include "web/client.hpp"
#include "web/net/proxy_header_reader.hpp"
#include "web/net/serve.hpp"
#include "web/net/transfer.hpp"

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

namespace tokend {

// A stream whose connection begins with a PROXY header: its handshake is that header and then the handshake of the
// stream, if it has one. Costs nothing after that.
template <class Stream>
class proxied
{
public:
    template <class... More>
    explicit proxied(stream_socket socket, More&&... more) : stream_{std::move(socket), std::forward<More>(more)...}
    {}

    int native_handle() const noexcept { return stream_.native_handle(); }
    transfer handshake()
    {
        if (!header_.is_complete())
            if (auto const got = header_.read(native_handle()); got.outcome != transfer::outcome::done)
                return got;
        if constexpr (requires { stream_.handshake(); })
            return stream_.handshake();
        return {.outcome = transfer::outcome::done};
    }
    transfer read(std::span<char> to) { return stream_.read(to); }
    transfer write(std::string_view from) { return stream_.write(from); }
    void shutdown_send() { stream_.shutdown_send(); }

    // The client that the proxy names; nothing if the connection's own address counts.
    std::optional<client> named_client() const
    {
        return header_.client() ? std::optional{client{header_.client()}} : std::nullopt;
    }
    bool has_header() const noexcept { return header_.is_complete(); }
    // What is wrong with the header; see proxy_header_reader.
    std::string_view header_fault() const noexcept { return has_header() ? std::string_view{} : header_.fault(); }
    Stream& inner() noexcept { return stream_; }

private:
    Stream stream_;
    proxy_header_reader header_;
};

}  // namespace tokend

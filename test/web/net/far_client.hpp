#pragma once

#include "tls/tls_peers.hpp"
#include "web/net/serve.hpp"

#include <string>
#include <string_view>

namespace tokend::test {

// A TLS client at the far end of a socket. The test carries its bytes, as many at a time as it likes.
class far_client
{
public:
    far_client(asio::io_context& loop, client_settings const& how);
    ~far_client();
    far_client(far_client const&) = delete;

    stream_socket take_near_end();  // the server's
    void close();                   // without close_notify
    void send_raw(std::string_view bytes) const;

    // Takes what has arrived, does what TLS has to do next, and sends. Returns true once the handshake is complete.
    bool shake_hands();
    std::string outgoing();           // takes the bytes that TLS wants to send; the caller sends them
    void put(std::string_view text);  // as one record, into outgoing()
    void send(std::string_view text)
    {
        put(text);
        send_raw(outgoing());
    }
    std::string receive();  // all text that has arrived
    bool has_close_notify() const noexcept { return ended_; }
    bool is_closed() const noexcept { return closed_; }  // the socket
    SSL* ssl() const noexcept { return tls_.ssl.get(); }
    tls_client& tls() noexcept { return tls_; }

private:
    void pull();

    asio::io_context& loop_;
    tls_client tls_;
    int near_ = -1;
    int far_ = -1;
    bool ended_ = false;
    bool closed_ = false;
};

}  // namespace tokend::test

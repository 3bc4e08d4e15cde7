#pragma once

#include "web/net/plain_stream.hpp"
#include "web/net/serve.hpp"
#include "web/net/transfer.hpp"

#include <openssl/types.h>

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace tokend {

class tls_context;

// The server's side of a TLS connection over a socket, TCP or Unix, that was taken out of Asio's reactor. OpenSSL reads
// and writes the descriptor itself, one system call for a record. Loop thread only.
class tls_stream
{
public:
    // Throws std::bad_alloc. REQUIRES: `context` outlives this object.
    tls_stream(stream_socket socket, tls_context const& context);
    tls_stream(tls_stream const&) = delete;
    ~tls_stream();  // sends close_notify, if there is room for it, and closes

    int native_handle() const noexcept { return plain_ ? plain_->native_handle() : socket_.number; }

    // Comes before all others, until its outcome is not would_block.
    transfer handshake() noexcept;
    // An end without close_notify ends the input as well: the conversation knows whether a request was complete.
    transfer read(std::span<char> to) noexcept;
    // Takes as many records as there is room for. REQUIRES: after would_block, the same bytes come first again.
    transfer write(std::string_view from) noexcept;
    void shutdown_send() noexcept;  // sends close_notify, if there is room for it, and ends the output

    // Why the handshake failed, in OpenSSL's words; empty if the client went away.
    std::string const& failure() const noexcept { return failure_; }
    // The handshake failed because the client speaks HTTP without TLS. The stream then carries plain bytes, for an
    // answer.
    bool is_plain_http() const noexcept { return plain_.has_value(); }

    // After the handshake:
    std::string client_subject() const;  // of the client's certificate, RFC 4514; empty: it showed none
    std::string_view version() const noexcept;
    std::string_view suite() const noexcept;
    bool is_resumed() const noexcept;

private:
    struct frees_ssl
    {
        void operator()(SSL* s) const noexcept;
    };
    struct transport;  // OpenSSL's view of the socket

    struct descriptor
    {
        ~descriptor();  // closes, unless it was released
        int release() noexcept;
        int number;
    };

    transfer outcome_of(int result) noexcept;
    void note_failure() noexcept;

    descriptor socket_;
    std::unique_ptr<SSL, frees_ssl> ssl_;
    std::string failure_;
    bool took_all_ = false;  // the read at hand has taken all that the socket had
    bool is_open_ = false;   // the handshake is complete, and nothing went wrong since
    std::optional<plain_stream> plain_;
};

}  // namespace tokend

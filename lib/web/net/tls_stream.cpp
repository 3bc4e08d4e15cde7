#include "web/net/tls_stream.hpp"

#include "tls/context.hpp"
#include "tls/openssl.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <new>
#include <utility>

namespace tokend {

// The socket as a BIO. OpenSSL's own would raise SIGPIPE, and could not tell whether a read was short.
struct tls_stream::transport
{
    static tls_stream& of(BIO* b) noexcept { return *static_cast<tls_stream*>(BIO_get_data(b)); }
    static bool is_busy() noexcept { return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR; }

    static int read(BIO* b, char* to, int size) noexcept
    {
        auto& stream = of(b);
        BIO_clear_retry_flags(b);
        auto const count = ::recv(stream.socket_.number, to, static_cast<std::size_t>(size), MSG_DONTWAIT);
        stream.took_all_ = count < size;
        if (count < 0 && is_busy())
            BIO_set_retry_read(b);
        return static_cast<int>(count);
    }
    static int write(BIO* b, char const* from, int size) noexcept
    {
        BIO_clear_retry_flags(b);
        auto const count =
            ::send(of(b).socket_.number, from, static_cast<std::size_t>(size), MSG_DONTWAIT | MSG_NOSIGNAL);
        if (count < 0 && is_busy())
            BIO_set_retry_write(b);
        return static_cast<int>(count);
    }
    static long control(BIO*, int command, long, void*) noexcept { return command == BIO_CTRL_FLUSH ? 1 : 0; }

    static BIO_METHOD const* method()
    {
        static std::unique_ptr<BIO_METHOD, frees<BIO_meth_free>> const made = [] {
            std::unique_ptr<BIO_METHOD, frees<BIO_meth_free>> m{
                BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "tokend socket")};
            if (!m)
                throw std::bad_alloc{};
            BIO_meth_set_read(m.get(), read);
            BIO_meth_set_write(m.get(), write);
            BIO_meth_set_ctrl(m.get(), control);
            return m;
        }();
        return made.get();
    }
};

void tls_stream::frees_ssl::operator()(SSL* s) const noexcept { SSL_free(s); }

tls_stream::tls_stream(stream_socket socket, tls_context const& context)
    : socket_{socket.release()}, ssl_{context.new_connection()}
{
    auto* const bio = BIO_new(transport::method());
    if (bio == nullptr)
        throw std::bad_alloc{};
    BIO_set_data(bio, this);
    BIO_set_init(bio, 1);
    SSL_set_bio(ssl_.get(), bio, bio);
    SSL_set_accept_state(ssl_.get());
}

tls_stream::descriptor::~descriptor()
{
    if (number >= 0)
        ::close(number);
}

int tls_stream::descriptor::release() noexcept { return std::exchange(number, -1); }

tls_stream::~tls_stream()
{
    ERR_clear_error();
    if (is_open_ && (SSL_get_shutdown(ssl_.get()) & SSL_SENT_SHUTDOWN) == 0)
        SSL_shutdown(ssl_.get());
    ssl_.reset();
    ERR_clear_error();
}

transfer tls_stream::handshake() noexcept
{
    ERR_clear_error();
    auto const result = SSL_do_handshake(ssl_.get());
    is_open_ = true;
    auto const got = outcome_of(result);
    if (got.outcome == transfer::outcome::ended)
        note_failure();
    is_open_ = got.outcome == transfer::outcome::done;
    return got;
}

transfer tls_stream::read(std::span<char> to) noexcept
{
    if (plain_)
        return plain_->read(to);
    ERR_clear_error();
    took_all_ = false;  // an earlier short read says nothing: the poller may have reported more since
    std::size_t count = 0;
    auto const result = SSL_read_ex(ssl_.get(), to.data(), to.size(), &count);
    auto got = outcome_of(result);
    got.bytes = count;
    got.drained = took_all_ && SSL_has_pending(ssl_.get()) == 0;
    return got;
}

transfer tls_stream::write(std::string_view from) noexcept
{
    if (plain_)
        return plain_->write(from);
    ERR_clear_error();
    std::size_t count = 0;
    auto const result = SSL_write_ex(ssl_.get(), from.data(), from.size(), &count);
    auto got = outcome_of(result);
    got.bytes = count;
    return got;
}

void tls_stream::shutdown_send() noexcept
{
    if (plain_)
        return plain_->shutdown_send();
    ERR_clear_error();
    if (is_open_)
        SSL_shutdown(ssl_.get());
    ::shutdown(socket_.number, SHUT_WR);
}

transfer tls_stream::outcome_of(int result) noexcept
{
    if (result == 1)
        return {.outcome = transfer::outcome::done};
    switch (SSL_get_error(ssl_.get(), result))
    {
    case SSL_ERROR_WANT_READ:
        return {.outcome = transfer::outcome::would_block, .blocked_on = blocked_on::input};
    case SSL_ERROR_WANT_WRITE:
        return {.outcome = transfer::outcome::would_block, .blocked_on = blocked_on::room};
    case SSL_ERROR_ZERO_RETURN:  // close_notify: the other direction stays open
        return {.outcome = transfer::outcome::ended};
    default:
        is_open_ = false;  // SSL_shutdown(3) must not follow
        return {.outcome = transfer::outcome::ended};
    }
}

void tls_stream::note_failure() noexcept
try
{
    auto const error = ERR_peek_last_error();
    if (ERR_GET_LIB(error) == ERR_LIB_SSL && ERR_GET_REASON(error) == SSL_R_HTTP_REQUEST)
        plain_.emplace(socket_.release());
    if (error != 0)
        failure_ = reason_of(error);
}
catch (std::bad_alloc const&)
{}

std::string tls_stream::client_subject() const
{
    auto* const shown = SSL_get0_peer_certificate(ssl_.get());
    bio_ptr const text{BIO_new(BIO_s_mem())};
    // RFC 4514 allows UTF-8 where RFC 2253 escapes it.
    constexpr unsigned long form = XN_FLAG_RFC2253 & ~static_cast<unsigned long>(ASN1_STRFLGS_ESC_MSB);
    if (shown == nullptr || !text || X509_NAME_print_ex(text.get(), X509_get_subject_name(shown), 0, form) < 0)
        return {};
    char* bytes = nullptr;
    auto const size = BIO_get_mem_data(text.get(), &bytes);
    return {bytes, static_cast<std::size_t>(size)};
}

std::string_view tls_stream::version() const noexcept { return SSL_get_version(ssl_.get()); }
std::string_view tls_stream::suite() const noexcept { return SSL_get_cipher_name(ssl_.get()); }
bool tls_stream::is_resumed() const noexcept { return SSL_session_reused(ssl_.get()) == 1; }

}  // namespace tokend

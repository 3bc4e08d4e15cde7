#include "web/net/far_client.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <stdexcept>
#include <utility>

namespace tokend::test {

far_client::far_client(asio::io_context& loop, client_settings const& how) : loop_{loop}, tls_{how}
{
    std::array<int, 2> ends{};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0)
        throw std::runtime_error{"socketpair"};
    near_ = ends[0];
    far_ = ends[1];
    SSL_set_bio(ssl(), BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
}

far_client::~far_client()
{
    close();
    if (near_ >= 0)
        ::close(near_);
}

stream_socket far_client::take_near_end()
{
    return {loop_.get_executor(), asio::generic::stream_protocol{AF_UNIX, 0}, std::exchange(near_, -1)};
}

void far_client::close()
{
    if (far_ >= 0)
        ::close(std::exchange(far_, -1));
}

void far_client::send_raw(std::string_view bytes) const
{
    while (!bytes.empty())
    {
        auto const n = ::send(far_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (n <= 0)
            return;  // the server has closed
        bytes.remove_prefix(static_cast<std::size_t>(n));
    }
}

void far_client::pull()
{
    std::array<char, 65536> bytes;
    for (;;)
    {
        auto const n = ::recv(far_, bytes.data(), bytes.size(), MSG_DONTWAIT);
        if (n > 0)
            BIO_write(SSL_get_rbio(ssl()), bytes.data(), static_cast<int>(n));
        else
        {
            closed_ = closed_ || n == 0 || (errno != EAGAIN && errno != EINTR);
            return;
        }
    }
}

std::string far_client::outgoing()
{
    auto* const from = SSL_get_wbio(ssl());
    std::string bytes(BIO_ctrl_pending(from), '\0');
    if (!bytes.empty())
        BIO_read(from, bytes.data(), static_cast<int>(bytes.size()));
    return bytes;
}

bool far_client::shake_hands()
{
    pull();
    ERR_clear_error();
    bool const complete = SSL_do_handshake(ssl()) == 1;
    send_raw(outgoing());
    return complete;
}

void far_client::put(std::string_view text)
{
    if (SSL_write(ssl(), text.data(), static_cast<int>(text.size())) != static_cast<int>(text.size()))
        throw std::runtime_error{"the test's client cannot write"};
}

std::string far_client::receive()
{
    pull();
    std::string text;
    std::array<char, 20000> some;
    for (;;)
    {
        ERR_clear_error();
        auto const n = SSL_read(ssl(), some.data(), static_cast<int>(some.size()));
        if (n <= 0)
        {
            ended_ = ended_ || SSL_get_error(ssl(), n) == SSL_ERROR_ZERO_RETURN;
            return text;
        }
        text.append(some.data(), static_cast<std::size_t>(n));
    }
}

}  // namespace tokend::test

// handshakes PORT full|resumed SECONDS TOKEN: one connection after the other on 127.0.0.1, each with a TLS handshake
// and a GET /auth/verify, for that long. Prints the number of connections, of resumed ones, and of bad answers.
//
// handshakes PORT idle NUMBER: opens that many connections, shakes hands on each, prints "open", and holds them until
// its standard input ends.
#include "tls/openssl.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using namespace tokend;
using session_ptr = std::unique_ptr<SSL_SESSION, frees<SSL_SESSION_free>>;

session_ptr last_session;

int keep_session(SSL*, SSL_SESSION* session)
{
    last_session.reset(session);
    return 1;
}

ssl_ctx_ptr make_context()
{
    ssl_ctx_ptr made{SSL_CTX_new(TLS_client_method())};
    SSL_CTX_set_session_cache_mode(made.get(), SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_sess_set_new_cb(made.get(), keep_session);
    SSL_CTX_set_mode(made.get(), SSL_MODE_RELEASE_BUFFERS);
    return made;
}

class connection
{
public:
    connection(SSL_CTX* context, std::uint16_t port, SSL_SESSION* session)
        : socket_{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)}, ssl_{SSL_new(context)}
    {
        sockaddr_in peer{};
        peer.sin_family = AF_INET;
        peer.sin_port = htons(port);
        peer.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        int const yes = 1;
        ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
        if (::connect(socket_, reinterpret_cast<sockaddr*>(&peer), sizeof peer) != 0)
            throw std::runtime_error{"cannot connect"};
        SSL_set_fd(ssl_.get(), socket_);
        if (session != nullptr)
            SSL_set_session(ssl_.get(), session);
        if (SSL_connect(ssl_.get()) != 1)
            throw std::runtime_error{"no handshake: " + reason_of(ERR_peek_last_error())};
    }
    connection(connection&& other) noexcept : socket_{std::exchange(other.socket_, -1)}, ssl_{std::move(other.ssl_)} {}
    ~connection()
    {
        if (socket_ < 0)
            return;
        SSL_shutdown(ssl_.get());
        ssl_.reset();
        ::close(socket_);
    }

    bool is_resumed() const { return SSL_session_reused(ssl_.get()) == 1; }
    bool ask(std::string const& request)
    {
        std::array<char, 4096> answer;
        SSL_write(ssl_.get(), request.data(), static_cast<int>(request.size()));
        auto const n = SSL_read(ssl_.get(), answer.data(), static_cast<int>(answer.size()));
        return n > 0 && std::string_view{answer.data(), static_cast<std::size_t>(n)}.starts_with("HTTP/1.1 2");
    }

private:
    int socket_;
    ssl_ptr ssl_;
};

void ask_for_a_while(std::uint16_t port, bool resumes, std::chrono::duration<double> time, std::string const& token)
{
    auto const context = make_context();
    auto const request = "GET /auth/verify HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + token + "\r\n\r\n";
    auto const until = std::chrono::steady_clock::now() + time;
    long count = 0;
    long resumed = 0;
    long bad = 0;
    while (std::chrono::steady_clock::now() < until)
    {
        auto const session = std::move(last_session);
        connection c{context.get(), port, resumes ? session.get() : nullptr};
        bad += c.ask(request) ? 0 : 1;
        resumed += c.is_resumed() ? 1 : 0;
        ++count;
    }
    std::printf("%ld %ld %ld\n", count, resumed, bad);
}

void hold(std::uint16_t port, int number)
{
    auto const context = make_context();
    std::vector<connection> open;
    for (int i = 0; i < number; ++i)
        open.emplace_back(context.get(), port, nullptr);
    std::puts("open");
    std::fflush(stdout);
    while (std::getchar() != EOF)
    {}
    std::_Exit(0);  // closing them all would only take time
}

}  // namespace

int main(int argc, char** argv)
try
{
    std::vector<std::string> const words{argv, argv + argc};
    if (words.size() < 4)
        return 64;
    auto const port = static_cast<std::uint16_t>(std::stoul(words[1]));
    if (words[2] == "idle")
        hold(port, std::stoi(words[3]));
    else
        ask_for_a_while(port, words[2] == "resumed", std::chrono::duration<double>{std::stod(words[3])}, words.at(4));
    return 0;
}
catch (std::exception const& e)
{
    std::fprintf(stderr, "handshakes: %s\n", e.what());
    return 1;
}

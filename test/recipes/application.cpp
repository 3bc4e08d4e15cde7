#include "recipes/application.hpp"

#include <boost/asio/ip/address_v4.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/beast/websocket/rfc6455.hpp>
#include <boost/beast/websocket/stream.hpp>

#include <fcntl.h>
#include <sys/socket.h>

#include <charconv>
#include <utility>

namespace tokend::test {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;

application::application() : acceptor_{context_, tcp::endpoint{asio::ip::address_v4::loopback(), 0}}
{
    ::fcntl(acceptor_.native_handle(), F_SETFD, FD_CLOEXEC);  // tokend and the proxy must not inherit it
    address_ = "127.0.0.1:" + std::to_string(acceptor_.local_endpoint().port());
    accepts_ = std::thread{[this] { accept(); }};
}

application::~application()
{
    ::shutdown(acceptor_.native_handle(), SHUT_RDWR);  // wakes the thread, which close() does not
    accepts_.join();
    for (auto& s : sockets_)
        ::shutdown(s.native_handle(), SHUT_RDWR);
    for (auto& c : connections_)
        c.join();
}

std::vector<received_request> application::take_received()
{
    std::lock_guard const lock{mutex_};
    return std::exchange(received_, {});
}

void application::accept()
{
    for (;;)
    {
        socket client{context_};
        boost::system::error_code failed;
        acceptor_.accept(client, failed);
        if (failed)
            return;
        auto& kept = sockets_.emplace_back(std::move(client));
        connections_.emplace_back([this, &kept] { serve(kept); });
    }
}

void application::serve(socket& client)
{
    beast::flat_buffer buffer;
    for (bool goes_on = true; goes_on;)
    {
        http::request_parser<http::string_body> parser;
        parser.header_limit(65'536);
        parser.body_limit(16 << 20);
        boost::system::error_code failed;
        http::read(client, buffer, parser, failed);
        if (failed)
            break;
        {
            std::lock_guard const lock{mutex_};
            received_.push_back(parser.get());
        }
        goes_on = answer(client, parser.get());
    }
    ::shutdown(client.native_handle(), SHUT_RDWR);
}

bool application::answer(socket& client, received_request const& request)
{
    constexpr std::string_view status_path = "/status/";
    if (request.target() == "/slow")
    {
        char byte = 0;
        ++waiting_;
        boost::system::error_code gone;
        client.read_some(asio::buffer(&byte, 1), gone);
        --waiting_;
        return false;
    }
    if (beast::websocket::is_upgrade(request))
    {
        echo(client, request);
        return false;
    }
    unsigned status = 200;
    std::string_view const target{request.target().data(), request.target().size()};
    if (target.starts_with(status_path))
        std::from_chars(target.data() + status_path.size(), target.data() + target.size(), status);
    http::response<http::string_body> response{static_cast<http::status>(status), request.version()};
    response.keep_alive(request.keep_alive());
    response.content_length(greeting.size());
    if (request.method() != http::verb::head)
        response.body() = greeting;
    boost::system::error_code failed;
    http::response_serializer<http::string_body> serializer{response};
    http::write(client, serializer, failed);
    return !failed && request.keep_alive();
}

void application::echo(socket& client, received_request const& handshake)
{
    beast::websocket::stream<socket&> stream{client};
    beast::flat_buffer buffer;
    boost::system::error_code failed;
    stream.accept(handshake, failed);
    while (!failed)
    {
        stream.read(buffer, failed);
        if (failed)
            return;
        stream.text(stream.got_text());
        stream.write(buffer.data(), failed);
        buffer.consume(buffer.size());
    }
}

}  // namespace tokend::test

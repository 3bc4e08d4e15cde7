#include "recipes/browser.hpp"

#include "support/secrets.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/websocket/ssl.hpp>
#include <boost/beast/websocket/stream.hpp>

namespace tokend::test {

namespace asio = boost::asio;
namespace beast = boost::beast;
using asio::ip::tcp;

browser::browser(std::string const& address, std::string const& own)
    : tls_{asio::ssl::context::tls_client}, stream_{context_, tls_}
{
    auto& socket = stream_.next_layer();
    auto const colon = address.rfind(':');
    socket.open(tcp::v4());
    if (!own.empty())
        socket.bind({asio::ip::make_address(own), 0});
    socket.connect({asio::ip::make_address(address.substr(0, colon)),
                    static_cast<unsigned short>(std::stoul(address.substr(colon + 1)))});
    SSL_set_tlsext_host_name(stream_.native_handle(), "www.example.com");
    stream_.handshake(asio::ssl::stream_base::client);
}

void browser::send(std::string_view bytes)
{
    note_secrets(bytes);
    boost::system::error_code ignored;
    asio::write(stream_, asio::buffer(bytes), ignored);
}

received_response browser::receive(bool is_to_head)
{
    beast::http::response_parser<beast::http::string_body> parser;
    parser.skip(is_to_head);
    beast::http::read(stream_, unread_, parser);
    note_secrets(parser.get().body());
    return parser.release();
}

std::string browser::echo(std::string_view host, std::string_view authorization, std::string_view text)
{
    beast::websocket::stream<asio::ssl::stream<tcp::socket>&> messages{stream_};
    messages.set_option(beast::websocket::stream_base::decorator([&](beast::websocket::request_type& handshake) {
        handshake.set(beast::http::field::authorization, authorization);
    }));
    messages.handshake(std::string{host}, "/socket");
    messages.write(asio::buffer(text));
    beast::flat_buffer answer;
    messages.read(answer);
    return beast::buffers_to_string(answer.data());
}

}  // namespace tokend::test

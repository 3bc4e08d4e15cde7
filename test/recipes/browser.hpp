#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>

#include <string>
#include <string_view>

namespace tokend::test {

using received_response = boost::beast::http::response<boost::beast::http::string_body>;

// A client on a TLS connection of its own, by blocking calls. It sends exactly the given bytes. It checks no
// certificate, and has no limit of time: that of ctest ends what hangs.
class browser
{
public:
    // From the numeric address `own`, unless that is empty.
    explicit browser(std::string const& address, std::string const& own = {});

    // Sends all bytes, or as many as the proxy takes before it closes.
    void send(std::string_view bytes);
    // Returns the next response; that to a HEAD request has no body.
    received_response receive(bool is_to_head = false);

    // Asks for a WebSocket, with these header lines, and returns what comes back for the text.
    std::string echo(std::string_view host, std::string_view authorization, std::string_view text);

private:
    boost::asio::io_context context_;
    boost::asio::ssl::context tls_;
    boost::asio::ssl::stream<boost::asio::ip::tcp::socket> stream_;
    boost::beast::flat_buffer unread_;
};

}  // namespace tokend::test

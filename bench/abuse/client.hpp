#pragma once

#include "base/task.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace tokend::bench {

struct answer
{
    int status = 0;  // 0: the connection ended without an answer
    std::string body{};
};

// One HTTP connection at a time to a port of 127.0.0.1, from an address of its own. Loop thread only.
class client
{
public:
    // own: the client's IPv4 address, such as 127.0.0.2.
    client(asio::io_context& loop, std::uint16_t port, std::uint32_t own);

    bool is_open() const { return socket_.is_open(); }
    task<bool> connect();  // returns false if there is no connection
    task<bool> send(std::string_view bytes);
    task<answer> receive();
    // Waits until the server ends the connection. Drops what the server sends.
    task<void> await_end();
    void close();

    using socket = asio::basic_stream_socket<asio::ip::tcp, executor>;
    socket& stream() { return socket_; }

private:
    socket socket_;
    asio::ip::tcp::endpoint const server_;
    asio::ip::tcp::endpoint const own_;
    std::string unread_;
};

// A POST of a JSON body.
std::string post(std::string_view path, std::string_view body);

// The numeric IPv4 address that is `number` above the first one.
std::uint32_t address_after(std::string const& first, std::size_t number);

}  // namespace tokend::bench

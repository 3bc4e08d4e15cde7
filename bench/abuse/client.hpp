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
    // receive_buffer: its size in bytes; 0: the system's. Returns false if there is no connection.
    task<bool> connect(int receive_buffer = 0);
    task<bool> send(std::string_view bytes);
    task<answer> receive();
    // Waits until the server ends the connection. Drops what the server sends.
    task<void> await_end();
    void close();

private:
    asio::basic_stream_socket<asio::ip::tcp, executor> socket_;
    asio::ip::tcp::endpoint const server_;
    asio::ip::tcp::endpoint const own_;
    std::string unread_;
};

// A POST of a JSON body.
std::string post(std::string_view path, std::string_view body);

// The numeric IPv4 address that is `number` above the first one.
std::uint32_t address_after(std::string const& first, std::size_t number);

}  // namespace tokend::bench

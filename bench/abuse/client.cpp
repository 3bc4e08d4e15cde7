#include "bench/abuse/client.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/completion_condition.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>

#include <array>
#include <cstdlib>

namespace tokend::bench {

using asio::ip::tcp;

namespace {

constexpr std::string_view end_of_head = "\r\n\r\n";

std::size_t length_of_body(std::string_view head)
{
    constexpr std::string_view name = "\r\nContent-Length: ";
    auto const at = head.find(name);
    return at == head.npos ? 0 : std::strtoul(head.data() + at + name.size(), nullptr, 10);
}

bool is_last(std::string_view head) { return head.find("\r\nConnection: close\r\n") != head.npos; }

}  // namespace

client::client(asio::io_context& loop, std::uint16_t port, std::uint32_t own)
    : socket_{loop.get_executor()}, server_{asio::ip::address_v4::loopback(), port}, own_{asio::ip::address_v4{own}, 0}
{}

task<bool> client::connect(int receive_buffer)
{
    close();
    boost::system::error_code failed;
    socket_.open(tcp::v4(), failed);
    if (!failed)
        socket_.set_option(tcp::no_delay{true}, failed);
    if (!failed && receive_buffer != 0)
        socket_.set_option(asio::socket_base::receive_buffer_size{receive_buffer}, failed);
    if (!failed)
        socket_.bind(own_, failed);
    if (failed)
        co_return false;
    auto const [ec] = co_await socket_.async_connect(server_, as_result);
    if (ec)
        close();
    co_return !ec;
}

task<bool> client::send(std::string_view bytes)
{
    auto const all = asio::buffer(bytes);
    auto const [ec, count] = co_await asio::async_write(socket_, all, as_result);
    co_return !ec;
}

task<answer> client::receive()
{
    answer got;
    auto buffer = asio::dynamic_buffer(unread_);
    auto const [ec, head] = co_await asio::async_read_until(socket_, buffer, end_of_head, as_result);
    if (ec)
    {
        close();
        co_return got;
    }
    std::string_view const text{unread_.data(), head};
    auto const whole = head + length_of_body(text);
    bool const closes = is_last(text);
    if (unread_.size() < whole)
    {
        auto const missing = asio::transfer_exactly(whole - unread_.size());
        auto const [cut, count] = co_await asio::async_read(socket_, buffer, missing, as_result);
        if (cut)
        {
            close();
            co_return got;
        }
    }
    got.status = std::atoi(unread_.c_str() + std::string_view{"HTTP/1.1 "}.size());
    got.body = unread_.substr(head, whole - head);
    unread_.erase(0, whole);
    if (closes)
        close();
    co_return got;
}

task<void> client::await_end()
{
    std::array<char, 4096> dropped;
    for (;;)
    {
        auto const room = asio::buffer(dropped);
        auto const [ec, count] = co_await socket_.async_read_some(room, as_result);
        if (ec)
            break;
    }
    close();
}

void client::close()
{
    boost::system::error_code ignored;
    socket_.close(ignored);
    unread_.clear();
}

std::string post(std::string_view path, std::string_view body)
{
    return "POST " + std::string{path} + " HTTP/1.1\r\nHost: tokend\r\nContent-Type: application/json\r\n" +
           "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string{body};
}

std::uint32_t address_after(std::string const& first, std::size_t number)
{
    return asio::ip::make_address_v4(first).to_uint() + static_cast<std::uint32_t>(number);
}

}  // namespace tokend::bench

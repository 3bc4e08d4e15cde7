#include "ldap/fault_proxy.hpp"

#include "support/patience.hpp"

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>

#include <arpa/inet.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <ldap.h>

#include <array>
#include <future>
#include <stdexcept>

namespace tokend::test {

namespace asio = boost::asio;
using namespace plugin::ldap;
using namespace std::chrono_literals;
using tcp = asio::ip::tcp;
using socket_type = asio::basic_stream_socket<tcp, executor>;

namespace {

tcp::endpoint loopback(std::uint16_t port) { return {asio::ip::address_v4::loopback(), port}; }

constexpr std::string_view start_tls_oid = "1.3.6.1.4.1.1466.20037";

// Returns an extended response of result 2 with the message id of the request.
std::string refusal(std::string_view request)
{
    return std::string{"\x30\x0c\x02\x01", 4} + request.at(4) + std::string{"\x78\x07\x0a\x01\x02\x04\x00\x04\x00", 9};
}

// Returns a complete message that answers no request.
std::string forged() { return std::string{"\x30\x0c\x02\x01\x7f\x61\x07\x0a\x01\x00\x04\x00\x04\x00", 14}; }

// Spoils a small message from the server: one with a length and a message id of one byte each.
void change_message(std::string& message, fault what)
{
    if (message.size() < 6)
        return;
    constexpr auto bind_result = static_cast<char>(LDAP_RES_BIND);
    constexpr auto search_result = static_cast<char>(LDAP_RES_SEARCH_RESULT);
    char& id = message[4];
    char& kind = message[5];
    if (what == fault::wrong_id)
        id = static_cast<char>(id ^ 0x40);
    else if (kind == bind_result || kind == search_result)
        kind = kind == bind_result ? search_result : bind_result;
}

// Spoils each message up to the first that is not small.
void change_messages(std::string& bytes, fault what)
{
    for (std::size_t at = 0; at + 1 < bytes.size() && bytes[at + 1] >= 0;)
    {
        auto const size = 2 + static_cast<std::size_t>(bytes[at + 1]);
        auto message = bytes.substr(at, size);
        change_message(message, what);
        bytes.replace(at, message.size(), message);
        at += size;
    }
}

task<void> wait(std::chrono::milliseconds time)
{
    timer over{co_await asio::this_coro::executor, time};
    co_await over.async_wait(use_task);
}

}  // namespace

struct fault_proxy::pair
{
    explicit pair(executor const& on) : client{on}, server{on} {}
    void close()
    {
        boost::system::error_code ignored;
        client.close(ignored);
        server.close(ignored);
    }
    socket_type client;
    socket_type server;
    std::size_t passed = 0;  // bytes from the server
    bool asked_for_tls = false;
};

struct fault_proxy::listener
{
    explicit listener(executor const& on) : acceptor{on, loopback(0)} {}
    asio::basic_socket_acceptor<tcp, executor> acceptor;
};

fault_proxy::fault_proxy(std::uint16_t server_port)
    : server_port_{server_port}, listener_{std::make_unique<listener>(loop_.get_executor())}
{
    port_ = listener_->acceptor.local_endpoint().port();
    loop_.start();
    asio::co_spawn(loop_.get_executor(), listen(), asio::detached);
}

fault_proxy::~fault_proxy()
{
    loop_.stop([this] {
        listener_->acceptor.close();
        for (auto const& p : pairs_)
            p->close();
    });
}

std::string fault_proxy::captured() const
{
    std::lock_guard const guard{mutex_};
    return captured_;
}

std::size_t fault_proxy::open_connections()
{
    std::promise<std::size_t> count;
    asio::post(loop_.get_executor(), [&] { count.set_value(pairs_.size()); });
    return count.get_future().get();
}

void fault_proxy::close_all()
{
    std::promise<void> done;
    asio::post(loop_.get_executor(), [&] {
        for (auto const& p : pairs_)
            p->close();
        done.set_value();
    });
    done.get_future().get();
}

task<void> fault_proxy::listen()
{
    for (;;)
    {
        auto p = std::make_shared<pair>(loop_.get_executor());
        auto const [error] = co_await listener_->acceptor.async_accept(p->client, as_result);
        if (error)
            co_return;
        ++connections_;
        pairs_.insert(p);
        asio::co_spawn(loop_.get_executor(), serve(p), asio::detached);
    }
}

task<void> fault_proxy::serve(std::shared_ptr<pair> p)
{
    auto const [error] = co_await p->server.async_connect(loopback(server_port_), as_result);
    if (error)
    {
        p->close();
        pairs_.erase(p);
        co_return;
    }
    auto ended = [this, p](std::exception_ptr) {
        p->close();
        pairs_.erase(p);
    };
    asio::co_spawn(loop_.get_executor(), pump_up(p), ended);
    asio::co_spawn(loop_.get_executor(), pump_down(p), ended);
}

task<void> fault_proxy::pump_up(std::shared_ptr<pair> p)
{
    for (std::array<char, 16384> buffer;;)
    {
        auto const count = co_await p->client.async_read_some(asio::buffer(buffer), use_task);
        std::string_view const bytes{buffer.data(), count};
        {
            std::lock_guard const guard{mutex_};
            captured_ += bytes;
        }
        auto const now_on = fault_.load();
        bool const is_start_tls = bytes.find(start_tls_oid) != bytes.npos;
        p->asked_for_tls = p->asked_for_tls || is_start_tls;
        if (now_on == fault::reset)
        {
            asio::socket_base::linger const hard{true, 0};
            p->client.set_option(hard);
            co_return;
        }
        std::string answer = now_on == fault::garbage ? std::string{"HTTP/1.1 400 Bad Request\r\n\r\n"}
                             : now_on == fault::huge  ? std::string{"\x30\x84\x40\x00\x00\x00\x02\x01\x01", 9}
                                                      : std::string{};
        if (now_on == fault::strip && is_start_tls)
            answer = refusal(bytes);
        if (!answer.empty())
            co_await asio::async_write(p->client, asio::buffer(answer), use_task);
        else if (now_on != fault::silent)
            co_await asio::async_write(p->server, asio::buffer(bytes), use_task);
    }
}

task<void> fault_proxy::pump_down(std::shared_ptr<pair> p)
{
    for (std::array<char, 16384> buffer;;)
    {
        auto const count = co_await p->server.async_read_some(asio::buffer(buffer), use_task);
        std::string bytes{buffer.data(), count};
        bool const goes_on = co_await spoil(p, bytes);
        p->passed += bytes.size();
        co_await asio::async_write(p->client, asio::buffer(bytes), use_task);
        if (!goes_on)
            co_return;
    }
}

// Applies the fault to bytes from the server. Returns false if these are the last that the client gets.
task<bool> fault_proxy::spoil(std::shared_ptr<pair> p, std::string& bytes)
{
    switch (fault_.load())
    {
    case fault::silent:
        bytes.clear();
        break;
    case fault::freeze:
        bytes.resize(std::min(bytes.size(), 500 - std::min<std::size_t>(500, p->passed)));
        break;
    case fault::slow:
        co_await wait(patience * 500ms);
        break;
    case fault::trickle:
        for (char const& one : bytes)
        {
            co_await asio::async_write(p->client, asio::buffer(&one, 1), use_task);
            co_await wait(1ms);
        }
        bytes.clear();
        break;
    case fault::half_message:
        bytes.resize(p->passed == 0 ? bytes.size() / 2 : 0);
        break;
    case fault::truncated:
        bytes.resize(bytes.size() / 2);
        co_return false;
    case fault::wrong_kind:
    case fault::wrong_id:
        change_messages(bytes, fault_);
        break;
    case fault::inject:
        if (p->asked_for_tls && p->passed == 0)
            bytes += forged();
        break;
    default:
        break;
    }
    co_return true;
}

deaf_port::deaf_port()
{
    sockets_.push_back(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof at;
    auto* const address = reinterpret_cast<sockaddr*>(&at);
    if (::bind(sockets_[0], address, size) != 0 || ::listen(sockets_[0], 0) != 0 ||
        ::getsockname(sockets_[0], address, &size) != 0)
        throw std::runtime_error{"no listening socket"};
    port_ = ntohs(at.sin_port);
    for (int i = 0; i < 4; ++i)
    {
        sockets_.push_back(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
        static_cast<void>(::connect(sockets_.back(), address, size));
    }
}

deaf_port::~deaf_port()
{
    for (int const s : sockets_)
        ::close(s);
}

}  // namespace tokend::test

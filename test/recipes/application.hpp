#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>

#include <atomic>
#include <list>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace tokend::test {

using received_request = boost::beast::http::request<boost::beast::http::string_body>;

// The application behind a proxy, on a free port of loopback, and a record of all that reaches it. It answers 200 and
// its greeting, and `/status/500` with that status; it never answers `/slow`; by WebSocket it sends back what comes.
class application
{
public:
    static constexpr std::string_view greeting = "the application\n";

    application();
    ~application();
    application(application const&) = delete;

    std::string const& address() const noexcept { return address_; }
    // What has reached it since the last call. A request is there before its answer goes out.
    std::vector<received_request> take_received();
    // How many requests for `/slow` still wait for their answers.
    unsigned waiting() const noexcept { return waiting_; }

private:
    using socket = boost::asio::ip::tcp::socket;

    void accept();
    void serve(socket& client);
    bool answer(socket& client, received_request const& request);  // returns false when the connection is over
    static void echo(socket& client, received_request const& handshake);

    boost::asio::io_context context_;
    boost::asio::ip::tcp::acceptor acceptor_;
    std::string address_;
    std::mutex mutex_;
    std::vector<received_request> received_;  // under mutex_
    std::atomic<unsigned> waiting_{0};        // by the threads of connections, read by the test
    std::list<socket> sockets_;               // of accept() alone until it has ended
    std::list<std::thread> connections_;      // of accept() alone until it has ended
    std::thread accepts_;
};

}  // namespace tokend::test

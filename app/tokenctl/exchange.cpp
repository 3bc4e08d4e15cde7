#include "exchange.hpp"

#include "failure.hpp"

#include "base/address.hpp"
#include "base/task.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>

#include <chrono>
#include <exception>
#include <utility>
#include <vector>

namespace beast = boost::beast;
namespace http = boost::beast::http;
namespace ssl = boost::asio::ssl;

namespace tokend {
namespace {

constexpr std::chrono::seconds connect_patience{10};
constexpr std::chrono::minutes answer_patience{
    5};  // a part of a revocation takes a second at most; a reload may take long
constexpr std::uint64_t max_answer_bytes = std::uint64_t{1} << 30;

using boost::system::error_code;
using protocol = asio::generic::stream_protocol;
using plain_stream = beast::basic_stream<protocol, executor>;
using tls_stream = ssl::stream<plain_stream>;

[[noreturn]] void fail_to_connect(server_address const& to, error_code const& why)
{
    bool const denied = why == boost::system::errc::permission_denied;
    throw failure{denied ? exit_code::refused : exit_code::unavailable,
                  (denied ? "this user may not connect to " : "no tokend answers at ") + to.text + ": " +
                      why.message()};
}

std::vector<protocol::endpoint> endpoints_of(server_address const& to)
{
    if (to.is_unix())
        return {asio::local::stream_protocol::endpoint{to.path}};
    asio::io_context loop{1};
    error_code failed;
    std::vector<protocol::endpoint> all;
    for (auto const& one : asio::ip::tcp::resolver{loop}.resolve(to.host, to.port, failed))
        all.emplace_back(one.endpoint());
    if (failed)
        fail_to_connect(to, failed);
    return all;
}

task<void> connect(plain_stream& stream, server_address const& to)
{
    error_code failed;
    stream.expires_after(connect_patience);
    for (auto const& endpoint : endpoints_of(to))
    {
        auto const [refused] = co_await stream.async_connect(endpoint, as_result);
        failed = refused;
        if (!failed)
            co_return;
        stream.socket().close();
    }
    fail_to_connect(to, failed);
}

void check(error_code const& wrong, std::string const& file, char const* meant)
{
    if (wrong)
        throw failure{exit_code::bad_data, file + ": " + wrong.message() + "; " + meant};
}

ssl::context make_context(tls_files const& files)
{
    ssl::context made{ssl::context::tls_client};
    error_code wrong;
    ::SSL_CTX_set_min_proto_version(made.native_handle(), TLS1_2_VERSION);
    made.set_verify_mode(ssl::verify_peer);
    made.set_password_callback([](std::size_t, ssl::context::password_purpose) { return std::string{}; }, wrong);
    if (files.ca.empty())
        made.set_default_verify_paths(wrong);
    else
        made.load_verify_file(files.ca, wrong);
    check(wrong, files.ca, "certificates of authorities in PEM were meant");
    if (files.certificate.empty())
        return made;
    made.use_certificate_chain_file(files.certificate, wrong);
    check(wrong, files.certificate, "a certificate in PEM was meant");
    made.use_private_key_file(files.key, ssl::context::pem, wrong);
    check(wrong, files.key, "the key of the certificate was meant, in PEM and without a password");
    return made;
}

// The server must have a certificate for the name or the address that was given.
void expect_name(SSL* of, std::string const& host)
{
    if (ip_address::parse(host))
        ::X509_VERIFY_PARAM_set1_ip_asc(::SSL_get0_param(of), host.c_str());
    else
    {
        ::SSL_set1_host(of, host.c_str());
        SSL_set_tlsext_host_name(of, host.c_str());
    }
}

task<void> shake_hands(tls_stream& stream, server_address const& to)
{
    expect_name(stream.native_handle(), to.host);
    auto const [failed] = co_await stream.async_handshake(ssl::stream_base::client, as_result);
    auto const verified = ::SSL_get_verify_result(stream.native_handle());
    if (failed && verified != X509_V_OK)
        throw failure{exit_code::unavailable, "the certificate of " + to.text +
                                                  " is not trusted: " + ::X509_verify_cert_error_string(verified) +
                                                  "; --ca names a file with its authority"};
    if (failed)
        throw failure{exit_code::unavailable, to.text + " speaks no TLS that tokenctl takes: " + failed.message()};
}

template <class Stream>
task<http_answer> converse(Stream& stream, server_address const& to, secret const& request)
{
    beast::get_lowest_layer(stream).expires_after(answer_patience);
    auto const bytes = asio::buffer(request.reveal());
    auto const [unsent, sent] = co_await asio::async_write(stream, bytes, as_result);
    error_code failed = unsent;
    beast::flat_buffer buffer;
    http::response_parser<http::string_body> answer;
    answer.body_limit(max_answer_bytes);
    if (!failed)
    {
        auto const [unread, read] = co_await http::async_read(stream, buffer, answer, as_result);
        failed = unread;
    }
    if (failed)
        throw failure{exit_code::unavailable, "tokend at " + to.text + " does not answer: " + failed.message()};
    co_return http_answer{answer.get().result_int(), std::move(answer.get().body())};
}

task<http_answer> talk(server const& to, secret const& request)
{
    auto const loop = co_await asio::this_coro::executor;
    if (!to.address.is_tls)
    {
        plain_stream stream{loop};
        co_await connect(stream, to.address);
        co_return co_await converse(stream, to.address, request);
    }
    auto context = make_context(to.files);
    tls_stream stream{plain_stream{loop}, context};
    co_await connect(stream.next_layer(), to.address);
    co_await shake_hands(stream, to.address);
    co_return co_await converse(stream, to.address, request);
}

}  // namespace

http_answer exchange(server const& to, secret const& request)
{
    asio::io_context loop{1};
    http_answer got;
    std::exception_ptr failed;
    auto const keep = [&](std::exception_ptr thrown, http_answer answer) {
        failed = thrown;
        got = std::move(answer);
    };
    asio::co_spawn(loop, talk(to, request), keep);
    loop.run();
    if (failed)
        std::rethrow_exception(failed);
    return got;
}

}  // namespace tokend

#include "ldap/wire.hpp"

#include "ldap/outage.hpp"
#include "ldap/thread_name.hpp"
#include "ldap/wakeup.hpp"
#include "ldap/watchdog.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/write.hpp>

#include <netinet/tcp.h>

#include <stdexcept>

namespace tokend::plugin::ldap {
namespace {

using boost::system::error_code;

void require(error_code error, std::string const& what)
{
    if (error)
        throw connection_lost{what + ": " + error.message()};
}

bool is_number(std::string const& host)
{
    error_code error;
    asio::ip::make_address(host, error);
    return !error;
}

void set(int socket, int level, int option, long long value)
{
    auto const number = static_cast<int>(value);
    ::setsockopt(socket, level, option, &number, sizeof number);  // best effort: a kernel may lack the option
}

// Detects a peer that is gone within seconds; the kernel's defaults take hours.
void notice_silence(int socket, server_settings const& how)
{
    set(socket, IPPROTO_TCP, TCP_NODELAY, 1);
    set(socket, SOL_SOCKET, SO_KEEPALIVE, 1);
    set(socket, IPPROTO_TCP, TCP_KEEPIDLE, how.keepalive.count());
    set(socket, IPPROTO_TCP, TCP_KEEPINTVL, 3);
    set(socket, IPPROTO_TCP, TCP_KEEPCNT, 3);
    set(socket, IPPROTO_TCP, TCP_USER_TIMEOUT, how.user_timeout.count());
}

// Shared with the resolver's handler, which may run after the wait has ended.
struct resolution
{
    explicit resolution(executor const& on) : resolver{on}, over{on} {}
    asio::ip::basic_resolver<asio::ip::tcp, executor> resolver;
    wakeup over;
    error_code error = asio::error::timed_out;
    addresses found;
};

// The first resolution on a loop starts Asio's thread for them, which inherits the name.
void ask(std::shared_ptr<resolution> const& asked, endpoint const& to)
{
    name_of_children const resolver{"ldap:resolver"};
    asked->resolver.async_resolve(to.host, to.port, [asked](error_code error, auto const& results) {
        asked->error = error;
        for (auto const& result : results)
            asked->found.push_back(result.endpoint());
        asked->over.set();
    });
}

}  // namespace

asio::ssl::context make_tls(std::string const& ca_file)
{
    asio::ssl::context tls{asio::ssl::context::tls_client};
    error_code error;
    if (ca_file.empty())
        tls.set_default_verify_paths(error);
    else
        tls.load_verify_file(ca_file, error);
    if (error)
        throw std::invalid_argument{"tls-ca: " + (ca_file.empty() ? "the system's certificates" : ca_file) +
                                    " cannot be read as certificates (PEM): " + error.message()};
    tls.set_verify_mode(asio::ssl::verify_peer);
    ::SSL_CTX_set_min_proto_version(tls.native_handle(), TLS1_2_VERSION);
    return tls;
}

task<addresses> resolve(endpoint to, time_point until)
{
    if (is_number(to.host))
        co_return addresses{{asio::ip::make_address(to.host), static_cast<std::uint16_t>(std::stoul(to.port))}};
    auto const asked = std::make_shared<resolution>(co_await asio::this_coro::executor);
    ask(asked, to);
    co_await asked->over.wait(until);
    if (asked->error)
        throw outage{"the host's address cannot be found: " + asked->error.message()};
    co_return asked->found;
}

task<void> wire::connect(addresses const& to, server_settings const& how, time_point until)
{
    error_code error = asio::error::host_not_found;
    for (std::size_t left = to.size(); error && left != 0 && now() < until; --left)
    {
        close();
        auto const from = now();
        watchdog const guard{socket_.get_executor(), from + (until - from) / left, [this] { close(); }};
        std::tie(error) = co_await socket_.async_connect(to[to.size() - left], as_result);
    }
    require(error, "connect");
    notice_silence(socket_.native_handle(), how);
}

task<void> wire::handshake(asio::ssl::context& tls, std::string const& name)
{
    tls_.emplace(socket_, tls);
    if (!is_number(name))
        ::SSL_set_tlsext_host_name(tls_->native_handle(), name.c_str());
    tls_->set_verify_callback(asio::ssl::host_name_verification{name});
    auto const [error] = co_await tls_->async_handshake(asio::ssl::stream_base::client, as_result);
    if (!error)
        co_return;
    auto const why = ::SSL_get_verify_result(tls_->native_handle());
    throw outage{"TLS handshake: " + error.message() +
                 (why == X509_V_OK ? std::string{} : std::string{": "} + ::X509_verify_cert_error_string(why))};
}

task<std::size_t> wire::read_some(asio::mutable_buffer to)
{
    error_code error;
    std::size_t count = 0;
    if (tls_)
        std::tie(error, count) = co_await tls_->async_read_some(to, as_result);
    else
        std::tie(error, count) = co_await socket_.async_read_some(to, as_result);
    require(error, "the server closed the connection");
    co_return count;
}

task<void> wire::write(asio::const_buffer bytes)
{
    error_code error;
    std::size_t count = 0;
    if (tls_)
        std::tie(error, count) = co_await asio::async_write(*tls_, bytes, as_result);
    else
        std::tie(error, count) = co_await asio::async_write(socket_, bytes, as_result);
    require(error, "write");
}

void wire::close() noexcept
{
    error_code ignored;
    socket_.close(ignored);
}

}  // namespace tokend::plugin::ldap

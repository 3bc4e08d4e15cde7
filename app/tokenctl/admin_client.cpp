#include "admin_client.hpp"

#include "failure.hpp"

#include "base/address.hpp"
#include "base/secret_file.hpp"
#include "base/text.hpp"

#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/program_options/value_semantic.hpp>

#include <chrono>
#include <cstdlib>
#include <optional>
#include <utility>
#include <variant>

namespace po = boost::program_options;
namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;

namespace tokend {
namespace {

constexpr char const* packaged_socket = "unix:/run/tokend/admin.sock";
constexpr std::chrono::minutes patience{5};  // a part of a revocation takes a second at most; a reload may take long

using protocol = asio::generic::stream_protocol;
using request = http::request<http::string_body>;
using response = http::response<http::string_body>;

protocol::endpoint endpoint_of(std::string const& where)
{
    auto const address = listening_address::parse(where, "/");
    if (auto const* const file = address ? std::get_if<unix_path>(&address->kind()) : nullptr)
        return asio::local::stream_protocol::endpoint{file->path};
    if (auto const* const tcp = address ? std::get_if<tcp_address>(&address->kind()) : nullptr)
        return asio::ip::tcp::endpoint{asio::ip::make_address(tcp->host.text()), tcp->port};
    throw failure{exit_code::usage,
                  "'" + where +
                      "' is no address of tokend; give unix:/run/tokend/admin.sock or 127.0.0.1:9180, for example"};
}

[[noreturn]] void fail_to_connect(std::string const& where, boost::system::error_code const& why)
{
    bool const denied = why == boost::system::errc::permission_denied;
    throw failure{denied ? exit_code::refused : exit_code::unavailable,
                  (denied ? "this user may not connect to " : "no tokend answers at ") + where + ": " + why.message()};
}

response converse(admin_address const& to, request const& asked)
{
    asio::io_context loop{1};
    beast::basic_stream<protocol> stream{loop};
    boost::system::error_code failed;
    stream.socket().connect(endpoint_of(to.where), failed);
    if (failed)
        fail_to_connect(to.where, failed);
    beast::flat_buffer buffer;
    http::response_parser<http::string_body> answer;
    answer.body_limit(std::uint64_t{1} << 30);
    stream.expires_after(patience);
    http::async_write(stream, asked, [&](boost::system::error_code const& unsent, std::size_t) {
        failed = unsent;
        if (!unsent)
            http::async_read(stream, buffer, answer,
                             [&](boost::system::error_code const& unread, std::size_t) { failed = unread; });
    });
    loop.run();
    if (failed)
        throw failure{exit_code::unavailable, "tokend at " + to.where + " does not answer: " + failed.message()};
    return answer.release();
}

request make_request(admin_address const& to, std::string_view verb, std::string const& target)
{
    request asked{http::string_to_verb(verb), target, 11};
    asked.set(http::field::host, "tokend");
    asked.set(http::field::connection, "close");
    if (!to.token.empty())
        asked.set(http::field::authorization, "Bearer " + std::string{to.token.reveal()});
    return asked;
}

exit_code exit_code_of(unsigned status) noexcept
{
    return status == 401 || status == 403 ? exit_code::refused
           : status == 400                ? exit_code::usage
                                          : exit_code::unavailable;
}

}  // namespace

void add_admin_options(po::options_description& to)
{
    to.add_options()("admin", po::value<std::string>()->value_name("ADDRESS"),
                     "where tokend takes the calls of operators: unix:PATH or HOST:PORT")(
        "token-file", po::value<std::string>()->value_name("FILE"), "a file with the token of an operator");
}

admin_address read_admin_address(command_line const& from)
{
    char const* const variable = std::getenv("TOKEND_ADMIN");
    admin_address to{from.has("admin") ? from.text("admin") : variable != nullptr ? variable : packaged_socket};
    if (from.has("token-file"))
        to.token = read_secret_file(from.text("token-file"), 4096);
    return to;
}

boost::json::object admin_client::call(std::string_view verb, std::string const& target,
                                       boost::json::object const& body) const
{
    auto asked = make_request(to_, verb, target);
    if (verb == "POST")
    {
        asked.set(http::field::content_type, "application/json");
        asked.body() = serialize(body);
        asked.prepare_payload();
    }
    auto const answer = converse(to_, asked);
    boost::system::error_code wrong;
    auto const parsed = boost::json::parse(answer.body(), wrong);
    auto const* const status = wrong || !parsed.is_object() ? nullptr : parsed.as_object().if_contains("status");
    if (status == nullptr || !status->is_object())
        throw failure{exit_code::unavailable, "what answers at " + to_.where + " is no tokend: HTTP status " +
                                                  std::to_string(answer.result_int())};
    auto const& told = status->as_object();
    if (told.at("code") == "OK")
        return parsed.as_object().at("data").as_object();
    std::string what{told.at("message").as_string()};
    if (told.at("description").is_string())
        what.append(" It is '").append(told.at("description").as_string()).append("'.");
    throw failure{exit_code_of(answer.result_int()), what + " (" + std::string{told.at("code").as_string()} + ')'};
}

std::pair<unsigned, std::string> admin_client::get(std::string const& target) const
{
    auto const answer = converse(to_, make_request(to_, "GET", target));
    return {answer.result_int(), answer.body()};
}

std::string encode_component(std::string_view text)
{
    constexpr std::string_view digits = "0123456789ABCDEF";
    constexpr std::string_view marks = "-._~";
    std::string encoded;
    for (char const c : text)
    {
        auto const byte = static_cast<unsigned char>(c);
        bool const is_unreserved =
            (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || marks.find(c) != marks.npos;
        if (is_unreserved)
            encoded += c;
        else
            encoded.append(1, '%').append(1, digits[byte >> 4]).append(1, digits[byte & 15]);
    }
    return encoded;
}

}  // namespace tokend

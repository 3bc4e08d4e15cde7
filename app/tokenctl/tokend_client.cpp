#include "tokend_client.hpp"

#include "failure.hpp"

#include "base/secret_file.hpp"
#include "base/text.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/serializer.hpp>

#include <array>
#include <cstdlib>
#include <stdexcept>
#include <system_error>

namespace po = boost::program_options;

namespace tokend {
namespace {

constexpr char const* usual_server = "http://127.0.0.1:8080";
constexpr char const* packaged_socket = "unix:/run/tokend/admin.sock";
constexpr std::size_t max_secret_bytes = 4096;

exit_code exit_code_of(unsigned status) noexcept
{
    return status == 401 || status == 403 ? exit_code::refused
           : status == 400                ? exit_code::usage
                                          : exit_code::unavailable;
}

void append_json(secret& to, std::string_view text)
{
    boost::json::serializer from;
    from.reset(text);
    std::array<char, 512> part;
    while (!from.done())
        to.append(from.read(part.data(), part.size()));
    ::explicit_bzero(part.data(), part.size());
}

void add_tls_options(po::options_description& to)
{
    add_text_option(to, "ca", "FILE", "authorities that an https server must have its certificate from");
    add_text_option(to, "certificate", "FILE", "a certificate of this client, for https");
    add_text_option(to, "key", "FILE", "and its key");
}

server read_server(command_line const& from, char const* option, char const* variable, char const* usual)
{
    char const* const set = std::getenv(variable);
    auto const where = from.has(option) ? from.text(option) : set != nullptr ? set : usual;
    server to{server_address::parse(where), {from.text("ca"), from.text("certificate"), from.text("key")}};
    for (auto const* file : {"ca", "certificate", "key"})
        if (!to.address.is_tls)
            from.refuse(file, "goes with https://, and not with " + where);
    if (from.has("certificate") != from.has("key"))
        throw failure{exit_code::usage, "--certificate and --key go together"};
    return to;
}

}  // namespace

secret tokend_client::make_request(std::string_view verb, std::string_view target, secret const& body) const
{
    secret made;
    made.append(verb).append(" ").append(target).append(" HTTP/1.1\r\nConnection: close\r\nHost: ");
    made.append(to_.address.host_field()).append("\r\n");
    if (!bearer_.empty())
        made.append("Authorization: Bearer ").append(bearer_.reveal()).append("\r\n");
    if (!body.empty())
        made.append("Content-Type: application/json\r\nContent-Length: ")
            .append(std::to_string(body.reveal().size()))
            .append("\r\n");
    made.append("\r\n").append(body.reveal());
    return made;
}

boost::json::object tokend_client::call(std::string_view verb, std::string_view target, secret const& body) const
{
    auto const answer = exchange(to_, make_request(verb, target, body));
    boost::system::error_code wrong;
    auto const parsed = boost::json::parse(answer.body, wrong);
    auto const* const status = wrong || !parsed.is_object() ? nullptr : parsed.as_object().if_contains("status");
    if (status == nullptr || !status->is_object())
        throw failure{exit_code::unavailable, "what answers at " + to_.address.text + " is no tokend: HTTP status " +
                                                  std::to_string(answer.status)};
    auto const& told = status->as_object();
    if (told.at("code") == "OK")
        return parsed.as_object().at("data").as_object();
    std::string what{told.at("message").as_string()};
    if (told.at("description").is_string())
        what.append(" It is '").append(told.at("description").as_string()).append("'.");
    throw failure{exit_code_of(answer.status), what + " (" + std::string{told.at("code").as_string()} + ')'};
}

boost::json::object tokend_client::post(std::string_view target, boost::json::object const& body) const
{
    return call("POST", target, secret{serialize(body)});
}

void secret_object::add_name(std::string_view name)
{
    text_.append(text_.empty() ? "{" : ",");
    append_json(text_, name);
    text_.append(":");
}

secret_object& secret_object::add(std::string_view name, std::string_view value)
{
    add_name(name);
    append_json(text_, value);
    return *this;
}

secret_object& secret_object::add(std::string_view name, secret_object const& value)
{
    add_name(name);
    text_.append(value.finished().reveal());
    return *this;
}

secret secret_object::finished() const
{
    secret whole{text_.empty() ? "{" : text_.reveal()};
    whole.append("}");
    return whole;
}

void add_server_options(po::options_description& to)
{
    add_text_option(to, "server", "ADDRESS", "where tokend is: http://HOST:PORT, https://HOST or unix:PATH");
    add_tls_options(to);
}

tokend_client connect_to_server(command_line const& from)
{
    return tokend_client{read_server(from, "server", "TOKEND_SERVER", usual_server)};
}

void add_admin_options(po::options_description& to)
{
    add_text_option(to, "admin", "ADDRESS",
                    "where tokend takes the calls of operators: unix:PATH, http://HOST:PORT or https://HOST");
    add_text_option(to, "token-file", "FILE", "a file with the token of an operator");
    add_tls_options(to);
}

tokend_client connect_to_admin(command_line const& from)
{
    auto to = read_server(from, "admin", "TOKEND_ADMIN", packaged_socket);
    auto bearer = from.has("token-file") ? read_secret_option(from, "token-file") : secret{};
    if (has_control_character(bearer.reveal()))
        throw failure{exit_code::bad_data, from.text("token-file") + ": one line with a token was meant"};
    return tokend_client{std::move(to), std::move(bearer)};
}

secret read_secret_option(command_line const& from, char const* name)
try
{
    auto read = read_secret_file(from.text(name), max_secret_bytes);
    if (read.empty())
        throw failure{exit_code::bad_data, from.text(name) + ": empty, a secret was meant"};
    return read;
}
catch (std::length_error const&)
{
    throw failure{exit_code::bad_data, from.text(name) + ": over " + std::to_string(max_secret_bytes) + " bytes"};
}
catch (std::system_error const& failed)
{
    throw failure{exit_code::bad_data, failed.what()};
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

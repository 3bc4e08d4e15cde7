#include "server_address.hpp"

#include "failure.hpp"

#include "base/address.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <limits>

namespace tokend {
namespace {

bool take(std::string_view& from, std::string_view prefix) noexcept
{
    bool const begins = from.starts_with(prefix);
    if (begins)
        from.remove_prefix(prefix.size());
    return begins;
}

bool is_host(std::string_view text) noexcept
{
    return !text.empty() && std::ranges::all_of(text, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' ||
               c == '_';
    });
}

bool is_port(std::string_view text) noexcept
{
    auto const number = parse_number(text);
    return number && *number > 0 && *number <= std::numeric_limits<std::uint16_t>::max();
}

// Reads HOST, HOST:PORT or [ADDRESS]:PORT. Returns false for any other text.
bool read_authority(std::string_view text, std::string_view usual_port, server_address& to)
{
    bool const is_bracketed = take(text, "[");
    auto const end = std::min(text.find(is_bracketed ? ']' : ':'), text.size());
    to.host = text.substr(0, end);
    text.remove_prefix(end);
    if (is_bracketed && !take(text, "]"))
        return false;
    to.port = take(text, ":") ? text : text.empty() ? usual_port : "";
    auto const address = ip_address::parse(to.host);
    return is_port(to.port) && (is_bracketed ? address && !address->is_v4() : is_host(to.host));
}

}  // namespace

std::string server_address::host_field() const
{
    bool const is_v6 = host.find(':') != host.npos;
    return is_unix() ? "localhost" : (is_v6 ? '[' + host + ']' : host) + ':' + port;
}

server_address server_address::parse(std::string const& text)
{
    server_address read{.text = text};
    std::string_view rest = text;
    if (auto const file = unix_path::parse(text))
    {
        read.path = file->path;
        return read;
    }
    read.is_tls = take(rest, "https://");
    bool const has_scheme = read.is_tls || take(rest, "http://");
    if (has_scheme && rest.ends_with('/'))
        rest.remove_suffix(1);
    if (!read_authority(rest, read.is_tls ? "443" : has_scheme ? "80" : "", read))
        throw failure{exit_code::usage, "'" + text +
                                            "' is no address of tokend; give http://127.0.0.1:8080, "
                                            "https://tokend.example.com or unix:/run/tokend/admin.sock, for example"};
    return read;
}

}  // namespace tokend

#include "http/proxy_header.hpp"

#include "base/text.hpp"

#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cstring>

namespace tokend {
namespace {

using state = proxy_header::state;

constexpr proxy_header incomplete{};
constexpr proxy_header malformed{.what = state::malformed};

// Version 1: PROXY TCP4 192.0.2.1 198.51.100.1 40000 443, with a line end.

constexpr std::string_view text_begin = "PROXY ";
constexpr std::string_view line_end = "\r\n";
constexpr std::size_t longest_line = 107;  // with its end

std::string_view take_word(std::string_view& rest) noexcept
{
    auto const word = rest.substr(0, rest.find(' '));
    rest.remove_prefix(std::min(word.size() + 1, rest.size()));
    return word;
}

bool is_port(std::string_view text) noexcept
{
    auto const port = text.size() <= 5 ? parse_number(text) : std::nullopt;
    return port && *port <= 65535 && (text.size() == 1 || !text.starts_with('0'));
}

std::optional<ip_address> parse_host(std::string_view text, bool is_v4)
{
    bool const is_written_as_v4 = text.find(':') == text.npos;
    return is_v4 == is_written_as_v4 && text.find('%') == text.npos ? ip_address::parse(text) : std::nullopt;
}

// REQUIRES: `line` is what stands between "PROXY " and the line end.
proxy_header read_line(std::string_view line, std::size_t size)
{
    auto const family = take_word(line);
    if (family == "UNKNOWN")  // whatever follows
        return {state::complete, size, {}};
    bool const is_v4 = family == "TCP4";
    auto const from = parse_host(take_word(line), is_v4);
    auto const to = parse_host(take_word(line), is_v4);
    bool const has_ports = is_port(take_word(line)) && is_port(line);
    bool const is_well_formed = (is_v4 || family == "TCP6") && from && to && has_ports;
    return is_well_formed ? proxy_header{state::complete, size, from} : malformed;
}

proxy_header read_text(std::string_view input)
{
    auto const end =
        std::find_if(input.begin(), input.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; });
    auto const line = input.substr(0, static_cast<std::size_t>(end - input.begin()));
    auto const behind = input.substr(line.size(), line_end.size());
    if (line.size() + line_end.size() > longest_line || behind != line_end.substr(0, behind.size()))
        return malformed;
    if (behind.size() < line_end.size())
        return incomplete;
    return read_line(line.substr(text_begin.size()), line.size() + line_end.size());
}

// Version 2: a signature, a byte for version and command, one for family and transport, and two for the length of what
// follows: the addresses of client and server, their ports, and TLVs.

constexpr std::string_view signature{"\r\n\r\n\0\r\nQUIT\n", 12};
constexpr std::size_t fixed_bytes = 16;

enum class command : unsigned char
{
    local = 0x20,
    proxy = 0x21
};

enum class transport : unsigned char
{
    unspecified = 0x00,
    tcp_over_v4 = 0x11,
    udp_over_v4 = 0x12,
    tcp_over_v6 = 0x21,
    udp_over_v6 = 0x22,
    unix_stream = 0x31,
    unix_datagram = 0x32
};

// The length of both addresses with their ports; nothing for a byte that is no transport.
std::optional<std::size_t> size_of_addresses(transport t) noexcept
{
    switch (t)
    {
    case transport::unspecified:
        return 0;
    case transport::tcp_over_v4:
    case transport::udp_over_v4:
        return 12;
    case transport::tcp_over_v6:
    case transport::udp_over_v6:
        return 36;
    case transport::unix_stream:
    case transport::unix_datagram:
        return 216;
    }
    return std::nullopt;
}

template <class Address, class Field>
std::optional<ip_address> read_address(std::string_view bytes, int family, Field Address::*field) noexcept
{
    Address address{};
    std::memcpy(&(address.*field), bytes.data(), sizeof(Field));
    auto& any = reinterpret_cast<sockaddr&>(address);
    any.sa_family = static_cast<sa_family_t>(family);
    return ip_address::of(any);
}

std::optional<ip_address> read_client(std::string_view addresses, transport t) noexcept
{
    if (t == transport::tcp_over_v4)
        return read_address(addresses, AF_INET, &sockaddr_in::sin_addr);
    if (t == transport::tcp_over_v6)
        return read_address(addresses, AF_INET6, &sockaddr_in6::sin6_addr);
    return std::nullopt;
}

proxy_header read_binary(std::string_view input)
{
    auto const byte = [&](std::size_t at) { return static_cast<unsigned char>(input[at]); };
    if (input.size() > 12 && byte(12) != static_cast<unsigned char>(command::local) &&
        byte(12) != static_cast<unsigned char>(command::proxy))
        return malformed;
    bool const is_local = input.size() > 12 && byte(12) == static_cast<unsigned char>(command::local);
    auto const kind = static_cast<transport>(input.size() > 13 ? byte(13) : 0);
    auto const least = is_local ? std::size_t{0} : size_of_addresses(kind);  // LOCAL says nothing of its block
    if (!least)
        return malformed;
    if (input.size() < fixed_bytes)
        return incomplete;
    auto const length = static_cast<std::size_t>(byte(14) << 8 | byte(15));
    auto const size = fixed_bytes + length;
    if (length < *least || size > proxy_header::most_bytes)
        return malformed;
    if (input.size() < size)
        return incomplete;
    return {state::complete, size, is_local ? std::nullopt : read_client(input.substr(fixed_bytes), kind)};
}

}  // namespace

proxy_header read_proxy_header(std::string_view input)
{
    for (auto const& [begin, read] : {std::pair{text_begin, &read_text}, std::pair{signature, &read_binary}})
        if (auto const there = input.substr(0, begin.size()); there == begin.substr(0, there.size()))
            return there.size() < begin.size() ? incomplete : read(input);
    return malformed;
}

}  // namespace tokend

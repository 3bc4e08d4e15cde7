#include "base/address.hpp"

#include "base/text.hpp"

#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <charconv>
#include <limits>

namespace tokend {
namespace {

constexpr std::array<unsigned char, 12> mapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
constexpr unsigned mapped_bits = 96;

constexpr std::string_view unix_scheme = "unix:";
constexpr std::string_view inherited_scheme = "fd:";
constexpr std::string_view localhost = "localhost";

// A C string of an address or an interface, for the functions that read one. False if the text is too long or holds a
// NUL.
template <std::size_t Size>
bool copy_text(std::string_view text, char (&to)[Size]) noexcept
{
    if (text.size() >= Size || text.find('\0') != text.npos)
        return false;
    *std::copy(text.begin(), text.end(), to) = '\0';
    return true;
}

bool is_link_local(std::span<unsigned char const> b) noexcept
{
    bool const unicast = b[0] == 0xfe && (b[1] & 0xc0) == 0x80;
    bool const multicast = b[0] == 0xff && (b[1] & 0x0f) == 0x02;
    return unicast || multicast;
}

// Returns the index of the interface with that name or number, or nothing if the system has no such interface.
std::optional<std::uint32_t> parse_scope(std::string_view text)
{
    char name[IF_NAMESIZE];
    if (!copy_text(text, name))
        return std::nullopt;
    if (auto const index = ::if_nametoindex(name); index != 0)
        return index;
    auto const index = parse_number(text);
    bool const possible = index && *index != 0 && *index <= std::numeric_limits<std::uint32_t>::max();
    return possible ? std::optional{static_cast<std::uint32_t>(*index)} : std::nullopt;
}

std::optional<std::uint16_t> parse_port(std::string_view text)
{
    auto const port = parse_number(text);
    return port && *port <= 65535 ? std::optional{static_cast<std::uint16_t>(*port)} : std::nullopt;
}

// Decimal digits without a leading zero.
std::optional<unsigned> parse_prefix(std::string_view text, unsigned most)
{
    auto const bits = parse_number(text);
    bool const plain = text.size() == 1 || !text.starts_with('0');
    return bits && plain && *bits <= most ? std::optional{static_cast<unsigned>(*bits)} : std::nullopt;
}

// Whether the first `bits` bits of both are the same.
bool share(std::span<unsigned char const> a, std::span<unsigned char const> b, unsigned bits) noexcept
{
    auto const whole = bits / 8;
    if (!std::equal(a.begin(), a.begin() + whole, b.begin()))
        return false;
    auto const rest = bits % 8;
    return rest == 0 || (a[whole] ^ b[whole]) >> (8 - rest) == 0;
}

// Whether any bit behind the first `bits` is set.
bool has_bits_behind(std::span<unsigned char const> bytes, unsigned bits) noexcept
{
    for (auto i = bits; i < bytes.size() * 8; ++i)
        if ((bytes[i / 8] & (0x80U >> (i % 8))) != 0)
            return true;
    return false;
}

// Every login needs it, and inet_ntop() is slow for IPv4.
std::string dotted(std::span<unsigned char const> v4)
{
    char host[INET_ADDRSTRLEN];
    auto* end = host;
    for (auto const byte : v4)
    {
        if (end != host)
            *end++ = '.';
        end = std::to_chars(end, host + sizeof host, byte).ptr;
    }
    return {host, end};
}

}  // namespace

std::optional<ip_address> ip_address::parse(std::string_view text)
{
    auto const percent = text.find('%');
    char host[INET6_ADDRSTRLEN];
    if (!copy_text(text.substr(0, percent), host))
        return std::nullopt;
    ip_address a;
    std::copy(mapped.begin(), mapped.end(), a.bytes_.begin());
    if (percent == text.npos && ::inet_pton(AF_INET, host, a.bytes_.data() + mapped.size()) == 1)
        return a;
    if (::inet_pton(AF_INET6, host, a.bytes_.data()) != 1)
        return std::nullopt;
    if (percent == text.npos)
        return a;
    auto const scope = is_link_local(a.bytes_) ? parse_scope(text.substr(percent + 1)) : std::nullopt;
    if (!scope)
        return std::nullopt;
    a.scope_ = *scope;
    return a;
}

std::optional<ip_address> ip_address::of(sockaddr const& from) noexcept
{
    ip_address a;
    if (from.sa_family == AF_INET)
    {
        auto const& in = reinterpret_cast<sockaddr_in const&>(from).sin_addr;
        auto const* const bytes = reinterpret_cast<unsigned char const*>(&in);
        std::copy_n(bytes, sizeof in, std::copy(mapped.begin(), mapped.end(), a.bytes_.begin()));
        return a;
    }
    if (from.sa_family != AF_INET6)
        return std::nullopt;
    auto const& in = reinterpret_cast<sockaddr_in6 const&>(from);
    std::copy_n(in.sin6_addr.s6_addr, a.bytes_.size(), a.bytes_.begin());
    if (is_link_local(a.bytes_))
        a.scope_ = in.sin6_scope_id;
    return a;
}

bool ip_address::is_v4() const noexcept { return std::equal(mapped.begin(), mapped.end(), bytes_.begin()); }

bool ip_address::is_loopback() const noexcept
{
    auto const b = bytes();
    return is_v4() ? b[0] == 127 : b.back() == 1 && std::all_of(b.begin(), b.end() - 1, [](auto x) { return x == 0; });
}

std::span<unsigned char const> ip_address::bytes() const noexcept
{
    return std::span{bytes_}.subspan(is_v4() ? mapped.size() : 0);
}

std::string ip_address::text() const
{
    char host[INET6_ADDRSTRLEN] = {};
    if (is_v4())
        return dotted(bytes());
    ::inet_ntop(AF_INET6, bytes().data(), host, sizeof host);
    if (scope_ == 0)
        return host;
    char interface[IF_NAMESIZE];
    auto const* const name = ::if_indextoname(scope_, interface);
    return std::string{host} + '%' + (name ? name : std::to_string(scope_));
}

std::optional<network> network::parse(std::string_view text)
{
    auto const slash = text.find('/');
    auto const address = ip_address::parse(text.substr(0, slash));
    if (!address || address->scope() != 0)
        return std::nullopt;
    network n;
    n.address_ = *address;
    auto const bits = static_cast<unsigned>(address->bytes().size() * 8);
    // The prefix of an IPv4 address that is written as IPv6 counts from the beginning of the IPv6 address.
    auto const before = address->is_v4() && text.substr(0, slash).find(':') != text.npos ? mapped_bits : 0;
    auto const written =
        slash == text.npos ? std::optional{before + bits} : parse_prefix(text.substr(slash + 1), before + bits);
    if (!written || *written < before || has_bits_behind(address->bytes(), *written - before))
        return std::nullopt;
    n.prefix_ = *written - before;
    return n;
}

bool network::contains(ip_address const& a) const noexcept
{
    return a.is_v4() == address_.is_v4() && share(a.bytes(), address_.bytes(), prefix_);
}

network network_of_client(ip_address const& a) noexcept
{
    network n;
    n.address_ = a;
    n.address_.scope_ = 0;
    n.prefix_ = 32;
    if (!a.is_v4())
    {
        n.prefix_ = 64;
        std::fill(n.address_.bytes_.begin() + 8, n.address_.bytes_.end(), static_cast<unsigned char>(0));
    }
    return n;
}

std::string network::text() const { return address_.text() + '/' + std::to_string(prefix_); }

std::optional<tcp_address> tcp_address::parse(std::string_view text)
{
    auto const colon = text.rfind(':');
    if (colon == text.npos)
        return std::nullopt;
    auto host = text.substr(0, colon);
    bool const bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
    if (bracketed)
        host = host.substr(1, host.size() - 2);
    auto const address = ip_address::parse(host);
    auto const port = parse_port(text.substr(colon + 1));
    if (!address || !port || address->is_v4() == bracketed)
        return std::nullopt;
    return tcp_address{*address, *port};
}

std::optional<tcp_address> tcp_address::of(sockaddr const& from) noexcept
{
    auto const host = ip_address::of(from);
    if (!host)
        return std::nullopt;
    auto const port = from.sa_family == AF_INET ? reinterpret_cast<sockaddr_in const&>(from).sin_port
                                                : reinterpret_cast<sockaddr_in6 const&>(from).sin6_port;
    return tcp_address{*host, ntohs(port)};
}

std::string tcp_address::text() const
{
    auto const name = host.text();
    return (host.is_v4() ? name : '[' + name + ']') + ':' + std::to_string(port);
}

std::optional<localhost_port> localhost_port::parse(std::string_view text)
{
    auto const colon = text.rfind(':');
    auto const host = colon == text.npos ? std::string_view{} : text.substr(0, colon);
    auto const port = parse_port(text.substr(colon + 1));
    bool const is_local = host.empty() || host == localhost;
    return is_local && port ? std::optional{localhost_port{*port}} : std::nullopt;
}

tcp_address localhost_port::v4() const { return {ip_address::parse("127.0.0.1").value(), port}; }
tcp_address localhost_port::v6() const { return {ip_address::parse("::1").value(), port}; }
std::string localhost_port::text() const { return std::string{localhost} + ':' + std::to_string(port); }

std::optional<unix_path> unix_path::parse(std::string_view text, std::filesystem::path const& folder)
{
    if (!text.starts_with(unix_scheme))
        return std::nullopt;
    auto const file = text.substr(unix_scheme.size());
    auto full = (folder / std::filesystem::path{file}).lexically_normal().string();
    bool const possible = !file.empty() && !file.ends_with('/') && full.find('\0') == full.npos &&
                          full.size() < sizeof(sockaddr_un::sun_path);
    return possible ? std::optional{unix_path{std::move(full)}} : std::nullopt;
}

std::string unix_path::text() const { return std::string{unix_scheme} + path; }

std::optional<inherited_socket> inherited_socket::parse(std::string_view text)
{
    if (!text.starts_with(inherited_scheme))
        return std::nullopt;
    auto const name = text.substr(inherited_scheme.size());
    auto const fits = [](char c) { return c > ' ' && c < '\x7f' && c != ':'; };
    bool const possible = !name.empty() && name.size() <= 255 && std::all_of(name.begin(), name.end(), fits);
    return possible ? std::optional{inherited_socket{std::string{name}}} : std::nullopt;
}

std::string inherited_socket::text() const { return std::string{inherited_scheme} + name; }

std::optional<listening_address> listening_address::parse(std::string_view text, std::filesystem::path const& folder)
{
    if (auto path = unix_path::parse(text, folder))
        return listening_address{*std::move(path)};
    if (auto inherited = inherited_socket::parse(text))
        return listening_address{*std::move(inherited)};
    if (auto const port = localhost_port::parse(text))
        return listening_address{*port};
    auto const tcp = tcp_address::parse(text);
    return tcp ? std::optional{listening_address{*tcp}} : std::nullopt;
}

bool listening_address::is_loopback() const noexcept
{
    auto const* const tcp = std::get_if<tcp_address>(&kind_);
    return tcp == nullptr || tcp->host.is_loopback();
}

std::string listening_address::text() const
{
    return std::visit([](auto const& kind) { return kind.text(); }, kind_);
}

}  // namespace tokend

std::size_t std::hash<tokend::ip_address>::operator()(tokend::ip_address const& a) const noexcept
{
    auto const bytes = a.bytes();
    std::string_view const text{reinterpret_cast<char const*>(bytes.data()), bytes.size()};
    return hash<string_view>{}(text) ^ a.scope();
}

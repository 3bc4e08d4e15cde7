#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

struct sockaddr;

// Network addresses as values. Texts are read here and nowhere else; a parse() returns nothing for any other text.
namespace tokend {

// An IPv4 or IPv6 address. An IPv4 address that is mapped into IPv6 (::ffff:192.0.2.1) is that IPv4 address. A
// link-local IPv6 address may name its interface (fe80::1%eth0).
class ip_address
{
public:
    static std::optional<ip_address> parse(std::string_view text);
    // Returns nothing for other families. REQUIRES: `from` is as large as its family says.
    static std::optional<ip_address> of(sockaddr const& from) noexcept;

    bool is_v4() const noexcept;
    bool is_loopback() const noexcept;
    std::span<unsigned char const> bytes() const noexcept;   // 4 or 16, in network order
    std::uint32_t scope() const noexcept { return scope_; }  // index of the interface; 0: none is named
    std::string text() const;                                // parse() reads it as the same address

    friend auto operator<=>(ip_address const&, ip_address const&) noexcept = default;

private:
    friend class network;
    friend class network network_of_client(ip_address const& a) noexcept;

    std::array<unsigned char, 16> bytes_{};  // IPv4: mapped
    std::uint32_t scope_ = 0;
};

// A block of addresses: 10.0.0.0/8, 2001:db8::/32. An address alone is the block that holds nothing else. An IPv4 block
// holds no IPv6 address, nor the other way round.
class network
{
public:
    // An address with bits set behind the prefix is no network.
    static std::optional<network> parse(std::string_view text);

    bool contains(ip_address const& a) const noexcept;
    ip_address const& address() const noexcept { return address_; }
    unsigned prefix() const noexcept { return prefix_; }  // bits
    std::string text() const;

    friend auto operator<=>(network const&, network const&) noexcept = default;
    friend network network_of_client(ip_address const& a) noexcept;

private:
    ip_address address_;
    unsigned prefix_ = 0;
};

// The network that stands for one client: an IPv4 address alone, or the /64 of an IPv6 address, because a client may
// have all addresses of a /64.
network network_of_client(ip_address const& a) noexcept;

// An address and a port: 127.0.0.1:8080, [::1]:8080.
struct tcp_address
{
    static std::optional<tcp_address> parse(std::string_view text);
    static std::optional<tcp_address> of(sockaddr const& from) noexcept;  // as ip_address::of()

    ip_address host;
    std::uint16_t port = 0;  // 0: any free port
    std::string text() const;
    friend auto operator<=>(tcp_address const&, tcp_address const&) noexcept = default;
};

// A port of 127.0.0.1, and of ::1 where the system has that address: localhost:8080, :8080 or 8080.
struct localhost_port
{
    static std::optional<localhost_port> parse(std::string_view text);

    std::uint16_t port = 0;  // 0: any free port
    tcp_address v4() const;  // on 127.0.0.1
    tcp_address v6() const;  // on ::1
    std::string text() const;
    friend auto operator<=>(localhost_port const&, localhost_port const&) noexcept = default;
};

// The path of a Unix socket: unix:/run/tokend/public.sock.
struct unix_path
{
    // Relative paths are relative to `folder`. The whole path has at most 107 bytes.
    static std::optional<unix_path> parse(std::string_view text, std::filesystem::path const& folder = {});

    std::string path;
    std::string text() const;
    friend auto operator<=>(unix_path const&, unix_path const&) noexcept = default;
};

// The sockets of one name that the service manager has opened: fd:public. The name is one of LISTEN_FDNAMES, see
// sd_listen_fds_with_names(3).
struct inherited_socket
{
    // A name has 1 to 255 printable ASCII characters other than the colon.
    static std::optional<inherited_socket> parse(std::string_view text);

    std::string name;
    std::string text() const;
    friend auto operator<=>(inherited_socket const&, inherited_socket const&) noexcept = default;
};

// Where a listener listens: any of these.
class listening_address
{
public:
    using kinds = std::variant<tcp_address, localhost_port, unix_path, inherited_socket>;

    explicit listening_address(kinds kind) : kind_{std::move(kind)} {}
    // Relative paths are relative to `folder`.
    static std::optional<listening_address> parse(std::string_view text, std::filesystem::path const& folder = {});

    kinds const& kind() const noexcept { return kind_; }
    // True for Unix sockets, and for inherited ones, whose address is not known before they are opened.
    bool is_loopback() const noexcept;
    std::string text() const;  // parse() reads it as the same address

    friend auto operator<=>(listening_address const&, listening_address const&) noexcept = default;

private:
    kinds kind_;
};

}  // namespace tokend

template <>
struct std::hash<tokend::ip_address>
{
    std::size_t operator()(tokend::ip_address const& a) const noexcept;
};

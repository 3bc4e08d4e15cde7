#include "ldap/endpoint.hpp"

#include <boost/asio/ip/address.hpp>

#include <algorithm>
#include <stdexcept>

namespace tokend::plugin::ldap {
namespace {

[[noreturn]] void refuse(std::string_view uri, std::string const& what)
{
    throw std::invalid_argument{"uris: '" + std::string{uri} + "' " + what};
}

bool is_loopback(std::string const& host)
{
    boost::system::error_code error;
    auto const address = boost::asio::ip::make_address(host, error);
    return error ? host == "localhost" : address.is_loopback();
}

bool is_port(std::string_view text)
{
    return !text.empty() && text.size() <= 5 && text.front() != '0' &&
           std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; }) &&
           std::stoul(std::string{text}) <= 65535;
}

// Splits HOST:PORT. The port may be missing.
void read_authority(std::string_view uri, std::string_view text, endpoint& to)
{
    auto const bracket = text.starts_with('[') ? text.find(']') : text.npos;
    bool const is_v6 = bracket != text.npos;
    auto const colon = is_v6 ? bracket + 1 : text.find(':');
    to.host = is_v6 ? text.substr(1, bracket - 1) : text.substr(0, colon);
    if (colon < text.size() && text[colon] == ':')
        to.port = text.substr(colon + 1);
    else if (colon < text.size())
        refuse(uri, "has something behind its host, ldaps://HOST:PORT is meant");
    if (to.host.empty() || to.host.find_first_of("/?#@[] ") != to.host.npos)
        refuse(uri, "names no host, ldaps://HOST:PORT is meant");
    if (!is_port(to.port))
        refuse(uri, "has no port from 1 to 65535");
}

}  // namespace

endpoint parse_uri(std::string_view uri, start_tls tls, plain_ldap plain)
{
    constexpr std::string_view encrypted = "ldaps://";
    constexpr std::string_view plain_scheme = "ldap://";
    endpoint to;
    to.uri = uri;
    bool const is_tls = uri.starts_with(encrypted);
    if (!is_tls && !uri.starts_with(plain_scheme))
        refuse(uri, "is neither ldaps://HOST:PORT nor ldap://HOST:PORT");
    auto authority = uri.substr(is_tls ? encrypted.size() : plain_scheme.size());
    if (authority.ends_with('/'))
        authority.remove_suffix(1);
    to.port = is_tls ? "636" : "389";
    read_authority(uri, authority, to);
    to.security = is_tls ? security::tls : tls == start_tls::required ? security::start_tls : security::plain;
    if (to.security == security::plain && plain == plain_ldap::on_loopback && !is_loopback(to.host))
        refuse(uri, "would send passwords over a network unencrypted; use ldaps:// or start-tls = yes, "
                    "or allow it with allow-plain-ldap = yes");
    return to;
}

}  // namespace tokend::plugin::ldap

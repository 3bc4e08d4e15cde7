#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tokend::plugin::ldap {

enum class security
{
    plain,      // ldap://, allowed by name or on loopback
    start_tls,  // ldap://, encrypted by StartTLS before any other request
    tls         // ldaps://
};

// One server of the option `uris`.
struct endpoint
{
    std::string uri;  // as configured, for the log
    std::string host;
    std::string port;
    ldap::security security = security::tls;
};

enum class start_tls
{
    required,
    off
};
enum class plain_ldap
{
    on_loopback,
    anywhere
};

// Parses ldaps://HOST[:636] or ldap://HOST[:389], where HOST is a name, 192.0.2.1 or [2001:db8::1]. Throws
// std::invalid_argument, also for a connection that would cross a network unencrypted without permission.
endpoint parse_uri(std::string_view uri, start_tls tls, plain_ldap plain);

}  // namespace tokend::plugin::ldap

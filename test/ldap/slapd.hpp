#pragma once

#include "support/process.hpp"
#include "support/temporary_folder.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tokend::test {

inline constexpr std::string_view people_base = "ou=people,dc=example,dc=com";
inline constexpr std::string_view groups_base = "ou=groups,dc=example,dc=com";
inline constexpr std::string_view service_dn = "cn=tokend,dc=example,dc=com";
inline constexpr std::string_view service_password = "service-secret";

// Every user's password.
inline std::string password_of(std::string_view user) { return "secret of " + std::string{user}; }

// A real slapd on loopback, not as root, with a directory of its own: the people and groups of people.cpp, and new
// certificates. It answers success to a bind without a password, so that the tests notice a client that sends one.
class slapd
{
public:
    static slapd& shared();  // one for all suites, started at first use

    slapd();
    ~slapd();

    std::string plain_uri() const { return "ldap://127.0.0.1:" + std::to_string(port_); }
    std::string tls_uri() const { return "ldaps://127.0.0.1:" + std::to_string(tls_port_); }
    std::uint16_t port() const noexcept { return port_; }
    std::uint16_t tls_port() const noexcept { return tls_port_; }
    std::string file(std::string_view name) const
    {
        return (folder_ / name).string();
    }  // rogue-ca.pem, expired.pem, ...
    // The authority's certificate, in a folder that only the tests' user may change: tokend checks that.
    std::string authority() const { return (own_ / "ca.pem").string(); }

    void signal(int number) const { process_->signal(number); }
    void kill();                               // by SIGKILL, like a crash
    void restart();                            // on the same ports, with the same data
    void change(std::string_view ldif) const;  // as the directory's administrator
    std::string log() const { return earlier_log_ + (process_ ? process_->errors() : std::string{}); }

private:
    void make_certificates() const;
    void configure() const;
    void load() const;
    void start();

    temporary_folder folder_;
    temporary_folder own_;
    std::uint16_t port_;
    std::uint16_t tls_port_;
    std::optional<process> process_;
    std::string earlier_log_;
};

std::uint16_t free_port();

// Runs a command line of the shell; throws std::runtime_error if it fails.
void run(std::string const& command);

}  // namespace tokend::test

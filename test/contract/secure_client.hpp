#pragma once

#include "contract/contract.hpp"
#include "support/daemon.hpp"
#include "tls/tls_peers.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace tokend::test {

// A client that speaks TLS to the real tokend, by blocking calls.
class secure_client
{
public:
    explicit secure_client(std::string const& address, client_settings const& how = {});

    bool shake_hands();  // failure() says why not
    // Sends a request and returns the whole answer, headers and body; throws if it does not come.
    std::string ask(std::string_view request);
    bool is_ended_in_order();  // waits for the end; true if it is close_notify

    std::string const& failure() const noexcept { return failure_; }
    std::string certificate_name() const;  // the common name of the server's certificate
    bool is_resumed() const { return SSL_session_reused(tls_.ssl.get()) == 1; }
    session_ptr take_session() { return std::move(tls_.session); }
    SSL* ssl() const noexcept { return tls_.ssl.get(); }
    raw_client& socket() noexcept { return socket_; }

private:
    raw_client socket_;
    tls_client tls_;
    std::string failure_;
};

// Files of certificates, and a tokend that serves the demonstration with them.
class tls_rig
{
public:
    tls_rig();

    // The certificate of localhost, signed by the authority in ca.pem, and these arguments.
    daemon_options options(std::vector<std::string> arguments = {}) const;
    std::string at(std::string const& name) const { return (files.folder / name).string(); }

    tls_files files;
    issued const authority = make_authority("servers");
};

inline std::string key(std::string const& name, std::string const& value)
{
    return "--listen.public." + name + '=' + value;
}

}  // namespace tokend::test

#pragma once

#include "support/certificates.hpp"
#include "support/temporary_folder.hpp"
#include "tls/context.hpp"

#include <string>
#include <vector>

namespace tokend::test {

using session_ptr = std::unique_ptr<SSL_SESSION, frees<SSL_SESSION_free>>;

// How a client of the tests speaks TLS. It checks no certificate.
struct client_settings
{
    std::string server_name{};
    int least_version = TLS1_VERSION;
    int greatest_version = TLS1_3_VERSION;
    std::string suites_of_tls_1_2{};       // empty: all that OpenSSL has
    std::string groups{};                  // empty: OpenSSL's
    std::string signatures{};              // empty: OpenSSL's
    std::vector<std::string> protocols{};  // ALPN
    issued const* certificate = nullptr;
    SSL_SESSION* session = nullptr;
};

// A client's context and connection, without a transport.
struct tls_client
{
    explicit tls_client(client_settings const& how);
    ~tls_client();

    session_ptr session;  // of the last ticket
    ssl_ctx_ptr context;
    ssl_ptr ssl;
};

// A client and the server's side of a connection, joined in memory.
class tls_peers
{
public:
    tls_peers(tls_context const& server, client_settings const& how);

    // Returns true if both sides have completed the handshake and have exchanged a byte each.
    bool talk();

    std::string server_failure;  // OpenSSL's reasons
    std::string client_failure;

    SSL* server() const noexcept { return server_.get(); }
    tls_client& client() noexcept { return client_; }
    std::string certificate_name() const;  // the common name of the server's certificate
    std::string protocol() const;          // by ALPN

private:
    bool step(SSL* side, int result, std::string& failure);

    tls_client client_;
    ssl_ptr server_;
};

// Files of certificates.
struct tls_files
{
    temporary_folder folder;

    std::filesystem::path put(std::string const& name, std::string const& text) const
    {
        return folder.write(name, text);
    }
    std::filesystem::path put(std::string const& name, issued const& both) const
    {
        return put(name, both.pem() + both.key_pem());
    }
};

}  // namespace tokend::test

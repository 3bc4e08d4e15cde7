#include "tls/tls_peers.hpp"

#include <array>
#include <stdexcept>

namespace tokend::test {
namespace {

void check(bool good)
{
    if (!good)
        throw std::runtime_error{"a test's client: " + reason_of(ERR_peek_last_error())};
}

// OpenSSL gives the reference away if it returns 1.
int keep_session(SSL* connection, SSL_SESSION* session)
{
    static_cast<tls_client*>(SSL_get_app_data(connection))->session.reset(session);
    return 1;
}

}  // namespace

tls_client::tls_client(client_settings const& how) : context{SSL_CTX_new(TLS_client_method())}
{
    auto* const c = context.get();
    check(c != nullptr);
    SSL_CTX_set_security_level(c, 0);
    check(SSL_CTX_set_min_proto_version(c, how.least_version) == 1);
    check(SSL_CTX_set_max_proto_version(c, how.greatest_version) == 1);
    auto const& suites = how.suites_of_tls_1_2;
    check(SSL_CTX_set_cipher_list(c, suites.empty() ? "ALL:@SECLEVEL=0" : (suites + ":@SECLEVEL=0").c_str()) == 1);
    check(how.groups.empty() || SSL_CTX_set1_groups_list(c, how.groups.c_str()) == 1);
    check(how.signatures.empty() || SSL_CTX_set1_sigalgs_list(c, how.signatures.c_str()) == 1);
    SSL_CTX_set_session_cache_mode(c, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_sess_set_new_cb(c, keep_session);
    std::string protocols;
    for (auto const& p : how.protocols)
        protocols.append(1, static_cast<char>(p.size())).append(p);
    SSL_CTX_set_alpn_protos(c, reinterpret_cast<unsigned char const*>(protocols.data()),
                            static_cast<unsigned int>(protocols.size()));
    if (how.certificate != nullptr)
        check(SSL_CTX_use_certificate(c, how.certificate->certificate.get()) == 1 &&
              SSL_CTX_use_PrivateKey(c, how.certificate->key.get()) == 1);
    ssl.reset(SSL_new(c));
    check(ssl != nullptr);
    SSL_set_app_data(ssl.get(), this);
    SSL_set_connect_state(ssl.get());
    if (!how.server_name.empty())
        check(SSL_set_tlsext_host_name(ssl.get(), how.server_name.c_str()) == 1);
    if (how.session != nullptr)
        check(SSL_set_session(ssl.get(), how.session) == 1);
}

// A connection that breaks off makes its session useless.
tls_client::~tls_client() { SSL_set_shutdown(ssl.get(), SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN); }

tls_peers::tls_peers(tls_context const& server, client_settings const& how)
    : client_{how}, server_{server.new_connection()}
{
    BIO* one = nullptr;
    BIO* other = nullptr;
    check(BIO_new_bio_pair(&one, 0, &other, 0) == 1);
    SSL_set_bio(client_.ssl.get(), one, one);
    SSL_set_bio(server_.get(), other, other);
    SSL_set_accept_state(server_.get());
}

// Returns true if the step is complete.
bool tls_peers::step(SSL* side, int result, std::string& failure)
{
    auto const error = SSL_get_error(side, result);
    if (result > 0)
        return true;
    if (error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE)
        failure = reason_of(ERR_peek_last_error());
    ERR_clear_error();
    return false;
}

bool tls_peers::talk()
{
    bool client_is_done = false;
    bool server_is_done = false;
    char byte = 'a';
    while (server_failure.empty() && client_failure.empty() && !(client_is_done && server_is_done))
    {
        ERR_clear_error();
        client_is_done = client_is_done || step(client_.ssl.get(), SSL_do_handshake(client_.ssl.get()), client_failure);
        server_is_done = server_is_done || step(server_.get(), SSL_do_handshake(server_.get()), server_failure);
    }
    // The client of TLS 1.3 gets a refusal, or its tickets, only after its handshake.
    if (server_is_done)
        step(server_.get(), SSL_write(server_.get(), &byte, 1), server_failure);
    bool const heard = step(client_.ssl.get(), SSL_read(client_.ssl.get(), &byte, 1), client_failure);
    return heard && server_is_done && step(client_.ssl.get(), SSL_write(client_.ssl.get(), &byte, 1), client_failure) &&
           step(server_.get(), SSL_read(server_.get(), &byte, 1), server_failure);
}

std::string tls_peers::certificate_name() const
{
    auto* const shown = SSL_get0_peer_certificate(client_.ssl.get());
    std::array<char, 256> name{};
    if (shown != nullptr)
        X509_NAME_get_text_by_NID(X509_get_subject_name(shown), NID_commonName, name.data(), name.size());
    return name.data();
}

std::string tls_peers::protocol() const
{
    unsigned char const* name = nullptr;
    unsigned int size = 0;
    SSL_get0_alpn_selected(client_.ssl.get(), &name, &size);
    return {reinterpret_cast<char const*>(name), size};
}

}  // namespace tokend::test

#include "tls/context.hpp"

#include "base/text.hpp"
#include "tls/certificate.hpp"
#include "tls/session_tickets.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <new>
#include <string>
#include <string_view>
#include <utility>

namespace tokend {
namespace {

// Mozilla's intermediate guidelines 5.8.
constexpr auto* suites_of_tls_1_2 = "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:"
                                    "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:"
                                    "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";
constexpr auto* suites_of_tls_1_3 = "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256";
constexpr auto* groups = "X25519:P-256:P-384";

constexpr int security_level = 2;            // 112 bits: no RSA key under 2048 bits, no SHA-1
constexpr long session_time = 60 * 60;       // seconds
constexpr long session_time_of_named = 300;  // of clients with a certificate, which is checked again after that

std::string_view constexpr protocol = "http/1.1";

// The protocols that a client offers are strings behind a byte with their length (RFC 7301 section 3.1).
int choose_protocol(SSL*, unsigned char const** chosen, unsigned char* size, unsigned char const* offered,
                    unsigned int count, void*)
{
    for (unsigned int at = 0; at < count; at += 1U + offered[at])
    {
        std::string_view const name{reinterpret_cast<char const*>(offered + at + 1), offered[at]};
        if (name != protocol)
            continue;
        *chosen = offered + at + 1;
        *size = offered[at];
        return SSL_TLSEXT_ERR_OK;
    }
    return SSL_TLSEXT_ERR_ALERT_FATAL;
}

void require(bool good, tls_option option, std::string const& file)
{
    if (good)
        return;
    auto const reason = reason_of(ERR_peek_last_error());
    ERR_clear_error();
    throw tls_error{option, file + ": OpenSSL refuses it: " + reason};
}

// The rules for client certificates: a session is resumed only where they are the same.
std::array<unsigned char, 32> digest_of(client_certificates mode, std::vector<x509_ptr> const& authorities)
{
    std::array<unsigned char, 32> sum{};
    std::string rules{"tokend"};
    rules.push_back(static_cast<char>('0' + static_cast<int>(mode)));
    for (auto const& c : authorities)
    {
        std::array<unsigned char, EVP_MAX_MD_SIZE> one{};
        unsigned int size = 0;
        X509_digest(c.get(), EVP_sha256(), one.data(), &size);
        rules.append(reinterpret_cast<char const*>(one.data()), size);
    }
    EVP_Digest(rules.data(), rules.size(), sum.data(), nullptr, EVP_sha256(), nullptr);
    return sum;
}

struct loaded
{
    std::vector<certificate> certificates;
    std::vector<x509_ptr> authorities;
};

// Reads all files before it throws, so that an administrator sees all mistakes at once.
loaded load(tls_options const& options)
{
    loaded all;
    std::vector<tls_mistake> mistakes;
    auto const attempt = [&](auto read) {
        try
        {
            read();
        }
        catch (tls_error const& e)
        {
            mistakes.insert(mistakes.end(), e.mistakes().begin(), e.mistakes().end());
        }
    };
    for (std::size_t i = 0; i < options.certificates.size(); ++i)
        attempt([&] {
            all.certificates.push_back(read_certificate(
                options.certificates[i], options.keys.empty() ? std::filesystem::path{} : options.keys[i]));
        });
    if (options.client_certificates != client_certificates::off)
        attempt([&] { all.authorities = read_authorities(options.client_ca); });
    if (!mistakes.empty())
        throw tls_error{std::move(mistakes)};
    return all;
}

server_names names_of(std::vector<certificate> const& all)
{
    std::vector<certificate_offer> offers;
    for (auto const& c : all)
        offers.push_back(c.offer);
    server_names made{offers};
    std::vector<bool> used(all.size());
    for (auto const& choice : made.all())
        for (auto const number : choice)
            used[number] = true;
    for (std::size_t i = 0; i < all.size(); ++i)
        if (!used[i])
            throw tls_error{tls_option::certificates,
                            all[i].file.string() +
                                ": no client would get this certificate: it has no DNS name in subjectAltName, or "
                                "certificates before it have all its names"};
    return made;
}

void set_rules(SSL_CTX* c, tls_options const& options)
{
    SSL_CTX_set_security_level(c, security_level);
    SSL_CTX_set_min_proto_version(c, options.least_version == tls_version::v1_3 ? TLS1_3_VERSION : TLS1_2_VERSION);
    SSL_CTX_set_max_proto_version(c, TLS1_3_VERSION);
    bool const good = SSL_CTX_set_cipher_list(c, suites_of_tls_1_2) == 1 &&
                      SSL_CTX_set_ciphersuites(c, suites_of_tls_1_3) == 1 && SSL_CTX_set1_groups_list(c, groups) == 1;
    require(good, tls_option::certificates, options.certificates[0].string());
    SSL_CTX_clear_options(c, SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_ALLOW_CLIENT_RENEGOTIATION |
                                 SSL_OP_LEGACY_SERVER_CONNECT | SSL_OP_NO_TICKET);
    SSL_CTX_set_options(c, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION | SSL_OP_CLEANSE_PLAINTEXT);
    // The chain is what the file holds. It is not completed from the authorities of clients.
    SSL_CTX_set_mode(c, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                            SSL_MODE_NO_AUTO_CHAIN);
    SSL_CTX_set_read_ahead(c, 1);  // one system call for a record, not two
    SSL_CTX_set_session_cache_mode(c, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_num_tickets(c, 1);
    SSL_CTX_set_alpn_select_cb(c, choose_protocol, nullptr);
}

void set_client_rules(SSL_CTX* c, tls_options const& options, std::vector<x509_ptr> const& authorities)
{
    auto const rules = digest_of(options.client_certificates, authorities);
    SSL_CTX_set_session_id_context(c, rules.data(), static_cast<unsigned int>(rules.size()));
    bool const asks = options.client_certificates != client_certificates::off;
    SSL_CTX_set_timeout(c, asks ? session_time_of_named : session_time);
    if (!asks)
        return;
    auto* const store = SSL_CTX_get_cert_store(c);
    X509_STORE_set_flags(store, X509_V_FLAG_PARTIAL_CHAIN);  // an authority may be an intermediate one
    for (auto const& authority : authorities)
        require(X509_STORE_add_cert(store, authority.get()) == 1 && SSL_CTX_add_client_CA(c, authority.get()) == 1,
                tls_option::client_ca, options.client_ca.string());
    bool const must = options.client_certificates == client_certificates::required;
    SSL_CTX_set_verify(c, SSL_VERIFY_PEER | (must ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0), nullptr);
}

void free_stack(STACK_OF(X509) * stack) { sk_X509_free(stack); }  // a macro of OpenSSL

void add(SSL_CTX* c, certificate const& added)
{
    std::unique_ptr<STACK_OF(X509), frees<free_stack>> const chain{sk_X509_new_null()};
    for (auto const& one : added.intermediates)
        sk_X509_push(chain.get(), one.get());
    ERR_clear_error();
    require(SSL_CTX_use_cert_and_key(c, added.leaf.get(), added.key.get(), chain.get(), 0) == 1,
            tls_option::certificates, added.file.string());
}

}  // namespace

// OpenSSL has one context for each choice of certificates, and moves a connection to another one by its server name.
struct tls_context::parts
{
    parts(tls_options const& options, std::shared_ptr<ticket_keys> keys)
        : parts{options, std::move(keys), load(options)}
    {}
    parts(tls_options const& options, std::shared_ptr<ticket_keys> keys, loaded const& from)
        : tickets{std::move(keys)}, names{names_of(from.certificates)}
    {
        for (auto const& choice : names.all())
            contexts.emplace(choice, make(options, from, choice));
        for (auto const& c : from.certificates)
            summaries.push_back({c.file, c.validity});
        usual = contexts.at(names.usual()).get();
    }

    ssl_ctx_ptr make(tls_options const& options, loaded const& from, server_names::choice const& choice)
    {
        ssl_ctx_ptr made{SSL_CTX_new(TLS_server_method())};
        if (!made)
            throw std::bad_alloc{};
        auto* const c = made.get();
        set_rules(c, options);
        set_client_rules(c, options, from.authorities);
        use_ticket_keys(c, *tickets, options.client_certificates == client_certificates::off);
        for (auto const number : choice)
            add(c, from.certificates[number]);
        SSL_CTX_set_tlsext_servername_callback(c, on_name);
        SSL_CTX_set_tlsext_servername_arg(c, this);
        return made;
    }

    static int on_name(SSL* connection, int*, void* self) noexcept
    try
    {
        auto const& all = *static_cast<parts const*>(self);
        auto const* const name = SSL_get_servername(connection, TLSEXT_NAMETYPE_host_name);
        auto const* const choice = name != nullptr ? all.names.find(name) : nullptr;
        if (choice == nullptr)
            return SSL_TLSEXT_ERR_NOACK;
        auto* const c = all.contexts.at(*choice).get();
        if (c != SSL_get_SSL_CTX(connection))
            SSL_set_SSL_CTX(connection, c);
        return SSL_TLSEXT_ERR_OK;
    }
    catch (std::exception const&)
    {
        return SSL_TLSEXT_ERR_NOACK;
    }

    std::shared_ptr<ticket_keys> tickets;
    server_names names;
    std::map<server_names::choice, ssl_ctx_ptr> contexts;
    std::vector<certificate_summary> summaries;
    SSL_CTX* usual = nullptr;
};

tls_context::tls_context(tls_options const& options, std::shared_ptr<ticket_keys> tickets)
    : parts_{std::make_unique<parts const>(options, std::move(tickets))}
{}

tls_context::~tls_context() = default;

SSL* tls_context::new_connection() const
{
    auto* const made = SSL_new(parts_->usual);
    if (made == nullptr)
    {
        ERR_clear_error();
        throw std::bad_alloc{};
    }
    return made;
}

std::span<certificate_summary const> tls_context::certificates() const noexcept { return parts_->summaries; }

}  // namespace tokend

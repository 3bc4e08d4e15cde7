#include "tls/session_tickets.hpp"

#include "tls/openssl.hpp"

#include <openssl/core_names.h>
#include <openssl/rand.h>

#include <algorithm>
#include <exception>
#include <span>

namespace tokend {
namespace {

constexpr std::size_t name_size = 16;

// Looking the algorithm up for each ticket would cost more than the ticket.
EVP_CIPHER const* ticket_cipher()
{
    static std::unique_ptr<EVP_CIPHER, frees<EVP_CIPHER_free>> const cipher{
        EVP_CIPHER_fetch(nullptr, "AES-256-CBC", nullptr)};
    return cipher.get();
}

bool set_mac_key(EVP_MAC_CTX* mac, ticket_keys::key& k)
{
    char digest[] = "SHA256";
    OSSL_PARAM const params[] = {
        OSSL_PARAM_construct_octet_string(OSSL_MAC_PARAM_KEY, k.mac.data(), k.mac.size()),
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
        OSSL_PARAM_construct_end(),
    };
    return EVP_MAC_CTX_set_params(mac, params) == 1;
}

// Where a context has a pointer that is null if it renews no tickets.
int renews_index()
{
    static int const index = SSL_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
    return index;
}

// SSL_CTX_set_tlsext_ticket_key_evp_cb(3): 1 uses the key, 2 also sends a new ticket, 0 has no key, -1 ends the
// handshake.
int on_ticket(SSL* connection, unsigned char* name, unsigned char* iv, EVP_CIPHER_CTX* cipher, EVP_MAC_CTX* mac,
              int encrypts)
try
{
    auto* const context = SSL_get_SSL_CTX(connection);
    auto& keys = *static_cast<ticket_keys*>(SSL_CTX_get_app_data(context));
    auto const now = std::chrono::steady_clock::now();
    if (encrypts != 0)
    {
        auto k = keys.current(now);
        std::copy(k.name.begin(), k.name.end(), name);
        bool const good = RAND_bytes(iv, EVP_CIPHER_get_iv_length(ticket_cipher())) == 1 &&
                          EVP_EncryptInit_ex2(cipher, ticket_cipher(), k.cipher.data(), iv, nullptr) == 1 &&
                          set_mac_key(mac, k);
        return good ? 1 : -1;
    }
    auto k = keys.find(std::span<unsigned char const, name_size>{name, name_size}, now);
    if (!k)
        return 0;
    if (!set_mac_key(mac, *k) || EVP_DecryptInit_ex2(cipher, ticket_cipher(), k->cipher.data(), iv, nullptr) != 1)
        return -1;
    bool const renews = SSL_CTX_get_ex_data(context, renews_index()) != nullptr;
    return renews && SSL_version(connection) == TLS1_3_VERSION ? 2 : 1;
}
catch (std::exception const&)
{
    return encrypts != 0 ? -1 : 0;
}

}  // namespace

void use_ticket_keys(SSL_CTX* context, ticket_keys& keys, bool renews)
{
    SSL_CTX_set_app_data(context, &keys);
    SSL_CTX_set_ex_data(context, renews_index(), renews ? &keys : nullptr);
    SSL_CTX_set_tlsext_ticket_key_evp_cb(context, on_ticket);
}

}  // namespace tokend

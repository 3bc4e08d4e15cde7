#pragma once

#include "tls/openssl.hpp"

#include <chrono>
#include <string>
#include <vector>

// Certificates for tests, made in the process.
namespace tokend::test {

enum class key_kind
{
    p256,
    p384,
    secp256k1,
    ed25519,
    rsa_2048,
    rsa_1024
};

struct certificate_wish
{
    std::string common_name = "localhost";
    std::vector<std::string> names{"localhost"};  // DNS names of subjectAltName
    key_kind key = key_kind::p256;
    std::chrono::seconds from = -std::chrono::hours{1};  // from now
    std::chrono::seconds until = std::chrono::hours{24 * 90};
    bool is_authority = false;
    bool is_signed_with_sha1 = false;
};

std::string pem_of(X509* c);
std::string pem_of(EVP_PKEY* key);
std::string encrypted_pem_of(EVP_PKEY* key);
std::string der_of(X509* c);

// A certificate with its key.
struct issued
{
    x509_ptr certificate;
    key_ptr key;

    std::string pem() const { return pem_of(certificate.get()); }
    std::string key_pem() const { return pem_of(key.get()); }
};

// Signs a certificate with an issuer's key; without an issuer the certificate signs itself.
issued issue(certificate_wish const& wish, issued const* issuer = nullptr);
issued make_authority(std::string const& name, issued const* issuer = nullptr);

}  // namespace tokend::test

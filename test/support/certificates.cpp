#include "support/certificates.hpp"

#include <openssl/pem.h>
#include <openssl/rand.h>

#include <cstdint>
#include <stdexcept>

namespace tokend::test {
namespace {

template <class T>
T good(T result)
{
    if (!result)
        throw std::runtime_error{"a test's certificate: " + reason_of(ERR_peek_last_error())};
    return result;
}

key_ptr make_key(key_kind kind)
{
    switch (kind)
    {
    case key_kind::p256:
        return key_ptr{EVP_EC_gen("P-256")};
    case key_kind::p384:
        return key_ptr{EVP_EC_gen("P-384")};
    case key_kind::secp256k1:
        return key_ptr{EVP_EC_gen("secp256k1")};
    case key_kind::ed25519:
        return key_ptr{EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519")};
    case key_kind::rsa_2048:
        return key_ptr{EVP_RSA_gen(2048)};
    case key_kind::rsa_1024:
        return key_ptr{EVP_RSA_gen(1024)};
    }
    return {};
}

std::string text_of(BIO* from)
{
    char* bytes = nullptr;
    auto const size = BIO_get_mem_data(from, &bytes);
    return {bytes, static_cast<std::size_t>(size)};
}

bio_ptr memory() { return good(bio_ptr{BIO_new(BIO_s_mem())}); }

void add_extension(X509* to, X509* issuer, int nid, std::string const& value)
{
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, issuer, to, nullptr, nullptr, 0);
    std::unique_ptr<X509_EXTENSION, frees<X509_EXTENSION_free>> const made{
        good(X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str()))};
    good(X509_add_ext(to, made.get(), -1));
}

}  // namespace

std::string pem_of(X509* c)
{
    auto const to = memory();
    good(PEM_write_bio_X509(to.get(), c));
    return text_of(to.get());
}

std::string pem_of(EVP_PKEY* key)
{
    auto const to = memory();
    good(PEM_write_bio_PrivateKey(to.get(), key, nullptr, nullptr, 0, nullptr, nullptr));
    return text_of(to.get());
}

std::string encrypted_pem_of(EVP_PKEY* key)
{
    auto const to = memory();
    unsigned char const word[] = {'w', 'o', 'r', 'd'};
    good(PEM_write_bio_PrivateKey(to.get(), key, EVP_aes_256_cbc(), word, sizeof word, nullptr, nullptr));
    return text_of(to.get());
}

std::string der_of(X509* c)
{
    auto const to = memory();
    good(i2d_X509_bio(to.get(), c));
    return text_of(to.get());
}

issued issue(certificate_wish const& wish, issued const* issuer)
{
    issued made{x509_ptr{X509_new()}, good(make_key(wish.key))};
    auto* const c = good(made.certificate.get());
    auto* const signer = issuer != nullptr ? issuer->certificate.get() : c;
    std::uint32_t serial = 0;
    good(RAND_bytes(reinterpret_cast<unsigned char*>(&serial), sizeof serial));
    good(X509_set_version(c, X509_VERSION_3));
    good(ASN1_INTEGER_set_uint64(X509_get_serialNumber(c), serial));
    good(X509_time_adj_ex(X509_getm_notBefore(c), 0, static_cast<long>(wish.from.count()), nullptr));
    good(X509_time_adj_ex(X509_getm_notAfter(c), 0, static_cast<long>(wish.until.count()), nullptr));
    good(X509_set_pubkey(c, made.key.get()));
    auto const* const name = reinterpret_cast<unsigned char const*>(wish.common_name.c_str());
    good(X509_NAME_add_entry_by_txt(X509_get_subject_name(c), "CN", MBSTRING_UTF8, name, -1, -1, 0));
    good(X509_set_issuer_name(c, X509_get_subject_name(signer)));
    add_extension(c, signer, NID_subject_key_identifier, "hash");
    add_extension(c, signer, NID_basic_constraints, wish.is_authority ? "critical,CA:TRUE" : "critical,CA:FALSE");
    std::string names;
    for (auto const& n : wish.names)
        names += (names.empty() ? "DNS:" : ",DNS:") + n;
    if (!names.empty() && !wish.is_authority)
        add_extension(c, signer, NID_subject_alt_name, names);
    auto* const key = issuer != nullptr ? issuer->key.get() : made.key.get();
    auto const* const digest = EVP_PKEY_get_base_id(key) == EVP_PKEY_ED25519 ? nullptr
                               : wish.is_signed_with_sha1                    ? EVP_sha1()
                                                                             : EVP_sha256();
    good(X509_sign(c, key, digest));
    return made;
}

issued make_authority(std::string const& name, issued const* issuer)
{
    return issue({.common_name = name, .names = {}, .is_authority = true}, issuer);
}

}  // namespace tokend::test

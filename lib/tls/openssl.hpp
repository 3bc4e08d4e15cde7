#pragma once

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <memory>
#include <string>

// OpenSSL's objects as values of C++.
namespace tokend {

template <auto Free>
struct frees
{
    template <class T>
    void operator()(T* p) const noexcept
    {
        Free(p);
    }
};

using bio_ptr = std::unique_ptr<BIO, frees<BIO_free_all>>;
using key_ptr = std::unique_ptr<EVP_PKEY, frees<EVP_PKEY_free>>;
using x509_ptr = std::unique_ptr<X509, frees<X509_free>>;
using ssl_ptr = std::unique_ptr<SSL, frees<SSL_free>>;
using ssl_ctx_ptr = std::unique_ptr<SSL_CTX, frees<SSL_CTX_free>>;

// The reason of an entry of OpenSSL's error queue, such as "wrong version number".
inline std::string reason_of(unsigned long error)
{
    auto const* const text = ERR_reason_error_string(error);
    return text != nullptr ? text : "error " + std::to_string(ERR_GET_REASON(error));
}

}  // namespace tokend

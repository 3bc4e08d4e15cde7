#pragma once

#include "tls/openssl.hpp"
#include "tls/server_names.hpp"
#include "tls/validity.hpp"

#include <filesystem>
#include <vector>

namespace tokend {

// A certificate of the server with its key, read from its files.
struct certificate
{
    std::filesystem::path file;
    x509_ptr leaf;
    std::vector<x509_ptr> intermediates;  // in the order in which they are sent
    key_ptr key;
    certificate_offer offer;
    tokend::validity validity;
};

// Reads a certificate, its intermediates and its key, all PEM. With an empty `key_file` the key is in the same file.
// Throws tls_error if a file cannot be read or is not PEM; the key is encrypted, too weak or not that of the first
// certificate; or the chain is out of order. Dates are not checked.
certificate read_certificate(std::filesystem::path const& file, std::filesystem::path const& key_file);

// Reads the authorities of clients. Throws tls_error.
std::vector<x509_ptr> read_authorities(std::filesystem::path const& file);

}  // namespace tokend

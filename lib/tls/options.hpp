#pragma once

#include <filesystem>
#include <vector>

namespace tokend {

enum class client_certificates
{
    off,       // none is asked for
    optional,  // a client may show one; a wrong one ends the handshake
    required
};

enum class tls_version
{
    v1_2,
    v1_3
};

// The TLS of one listener. Without certificates the listener has no TLS.
struct tls_options
{
    std::vector<std::filesystem::path> certificates{};  // PEM: each the certificate, then its intermediates in order
    std::vector<std::filesystem::path> keys{};  // in the same order; empty: each key is in its certificate's file
    std::filesystem::path client_ca{};          // PEM: the authorities of clients
    tokend::client_certificates client_certificates = tokend::client_certificates::off;
    tls_version least_version = tls_version::v1_2;

    bool enabled() const noexcept { return !certificates.empty(); }
    bool operator==(tls_options const&) const = default;
};

// The files that a context is made of, each once. A change of any of them is a reason to make the context again.
std::vector<std::filesystem::path> certificate_files(tls_options const& options);

}  // namespace tokend

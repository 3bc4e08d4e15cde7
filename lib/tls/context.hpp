#pragma once

#include "tls/error.hpp"
#include "tls/options.hpp"
#include "tls/ticket_keys.hpp"
#include "tls/validity.hpp"

#include <openssl/types.h>

#include <memory>
#include <span>
#include <vector>

namespace tokend {

// What the TLS connections of one listener share: certificates, keys, authorities and rules. Immutable: a reload makes
// another one, and the connections of the old one keep it. All its members may be called on any thread.
//
// TLS 1.2 and 1.3 with the suites of Mozilla's intermediate guidelines 5.8. The client chooses among them. All of them
// have forward secrecy and authenticated encryption. Groups: X25519, P-256, P-384. No renegotiation, compression or
// early data. ALPN (RFC 7301): a client that offers protocols, but not http/1.1, gets the alert
// no_application_protocol. Sessions are resumed by tickets and kept nowhere. A session of a listener with other rules
// for client certificates is not resumed.
class tls_context
{
public:
    // Reads the files. Throws tls_error with the mistakes of all of them. REQUIRES: options.enabled(), and as many keys
    // as certificates, or none.
    tls_context(tls_options const& options, std::shared_ptr<ticket_keys> tickets);
    ~tls_context();
    tls_context(tls_context const&) = delete;

    // Returns the server's side of a new connection. The caller frees it, before this object is destroyed. Throws
    // std::bad_alloc.
    SSL* new_connection() const;

    // In the order of the options.
    std::span<certificate_summary const> certificates() const noexcept;

private:
    struct parts;
    std::unique_ptr<parts const> const parts_;
};

}  // namespace tokend

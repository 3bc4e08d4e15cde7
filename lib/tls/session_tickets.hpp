#pragma once

#include "tls/ticket_keys.hpp"

#include <openssl/types.h>

#include <memory>

namespace tokend {

// Makes a context encrypt and decrypt its session tickets with `keys`. If `renews`, a client that resumes a TLS 1.3
// session gets another ticket, so that nobody can tell its connections by their tickets (RFC 8446 section C.4); if not,
// the session ends with its first ticket. REQUIRES: `keys` outlives the context.
void use_ticket_keys(SSL_CTX* context, ticket_keys& keys, bool renews);

}  // namespace tokend

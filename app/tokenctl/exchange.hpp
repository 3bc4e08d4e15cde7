#pragma once

#include "server_address.hpp"

#include "base/secret.hpp"

#include <string>

namespace tokend {

// Files of PEM for https. An empty name: none.
struct tls_files
{
    std::string ca{};           // authorities of the server's certificate; none: those of the system
    std::string certificate{};  // the client's chain
    std::string key{};          // and its key
};

struct server
{
    server_address address;
    tls_files files{};
};

struct http_answer
{
    unsigned status = 0;
    std::string body{};
};

// Sends the bytes of one request over a connection of its own, and returns the answer. Throws failure: `bad_data` for
// the files, `refused` if this user may not connect, `unavailable` if there is no answer or the server's certificate is
// not trusted.
http_answer exchange(server const& to, secret const& request);

}  // namespace tokend

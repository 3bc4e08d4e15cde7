#pragma once

#include "base/secret.hpp"

#include <string>

namespace tokend {

// The credentials of one request.
struct credentials
{
    enum class kind
    {
        password,
        code,
        identifier
    };

    kind presented = kind::password;
    std::string name;          // user name or identifier as typed; empty for a code
    secret proof;              // password, pass code or authentication code
    std::string organisation;  // as typed; empty: any that knows the code as an API key
    std::string unit;          // that the request names; may be empty
};

// The origin of a request, for plugins, log and audit.
struct asker
{
    std::string client_address;
    std::string client_network;  // see network_of_client()
    std::string request_id;
};

}  // namespace tokend

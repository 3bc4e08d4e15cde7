#pragma once

#include "base/secret.hpp"

#include <string>

namespace tokend {

// What a client presented.
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
    std::string organisation;  // as typed; empty: to be found by the code
    std::string unit;          // as asked for; empty: none
};

// Where a question comes from; for plugins, log and audit.
struct asker
{
    std::string client_address;
    std::string request_id;
};

}  // namespace tokend

#pragma once

#include "base/secret.hpp"

#include <string_view>

namespace tokend {

// Asks for `what`, without echo, if standard input is a terminal. Otherwise reads one line of standard input, and
// no byte more. A signal that ends the program restores the echo first. Throws failure for an empty secret, for one of
// more than 1024 bytes, which no client can send, and for two that differ.
enum class asked
{
    twice,  // a new one, which a mistake in typing would make useless
    once
};
secret ask_secret(std::string_view what, asked how = asked::twice);

}  // namespace tokend

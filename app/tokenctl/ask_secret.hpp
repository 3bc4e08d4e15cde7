#pragma once

#include "base/secret.hpp"

#include <string_view>

namespace tokend {

// From a terminal on standard input, asked twice for `what` without echo; else the next line of standard input, of
// which no byte more is read. Any signal that ends the program gives the terminal its echo back first. Throws failure
// for an empty secret, one over 1024 bytes (no client can send it), and two that differ.
secret ask_secret(std::string_view what);

}  // namespace tokend

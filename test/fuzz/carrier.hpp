#pragma once

#include "fuzz/world.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace tokend::test {

// How the bytes of a client arrive.
struct arrival
{
    std::size_t first = std::string::npos;  // bytes of the first piece
    std::size_t each = std::string::npos;   // of each further one
    bool stalls = false;                    // behind them the client sends nothing more, but does not end its side
};

// Does what a connection does, with the bytes of a client and without a socket. Returns what the client receives until
// the connection closes.
std::string carry(world& of, front const& at, std::string_view bytes, arrival const& how = {});

}  // namespace tokend::test

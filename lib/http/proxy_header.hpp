#pragma once

#include "base/address.hpp"

#include <cstddef>
#include <optional>
#include <string_view>

namespace tokend {

// The header with which a proxy names the client of a connection, before the connection's first bytes: the PROXY
// protocol of HAProxy (proxy-protocol.txt), version 1 as text and version 2 in binary.
struct proxy_header
{
    enum class state
    {
        incomplete,  // all bytes so far belong to the header
        malformed,   // no more bytes can mend it
        complete
    };

    state what = state::incomplete;
    std::size_t size = 0;                // of a complete header
    std::optional<ip_address> client{};  // nothing: the connection's own address counts

    // Version 1 has at most 107 bytes. Version 2 could have 64 KiB, most of them extensions (TLVs), which are skipped.
    static constexpr std::size_t most_bytes = 4096;
};

// Reads the header at the beginning of a connection from the bytes that have arrived so far. The connection's own
// address counts for LOCAL and UNKNOWN, and for what is not a client of TCP: Unix sockets, datagrams, and unspecified
// families. Does not allocate.
[[nodiscard]] proxy_header read_proxy_header(std::string_view input);

}  // namespace tokend

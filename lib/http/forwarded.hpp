#pragma once

#include "base/address.hpp"
#include "http/header_fields.hpp"

#include <optional>
#include <span>

namespace tokend {

// The header field in which a proxy names the client that it serves.
enum class client_field
{
    none,
    x_forwarded_for,  // addresses between commas, each of them alone, or with a port: [2001:db8::1]:4711
    forwarded         // RFC 7239
};

// Returns the address of the client in the lines of that field, read as one list: the last address that is not in a
// trusted network, or the first one if all are. Only what proxies have appended counts, so the elements are read from
// the end: nothing that a client writes in front of them changes the result. Each element that is read has to be an
// address. Returns nothing if one of them is not, such as `unknown`, `_hidden` or an address with a zone, or if the
// list is empty; empty elements are ignored (RFC 9110 section 5.6.1). Does not allocate.
[[nodiscard]] std::optional<ip_address> forwarded_client(header_fields const& fields, client_field field,
                                                         std::span<network const> trusted);

}  // namespace tokend

#pragma once

#include <string_view>

namespace tokend::test {

// Reads a query as parameters, as a request's target, and as the demands that /auth/verify makes of a live token.
// Throws std::logic_error unless the parameters are those that a plain decoder finds, and are found again when each
// byte of them is encoded; path and query make the target; and the token is let in exactly if each parameter that the
// plain decoder finds holds, so that more parameters never let more in.
void read_query(std::string_view query);

}  // namespace tokend::test

#pragma once

#include <string_view>

namespace tokend::test {

// Reads the text as a stored password. Throws std::logic_error unless no part of a hash, and nothing longer, is a hash;
// its strength is a part of it; a password_hash can be made of it exactly if it is locked, or is a hash and not too
// costly; no error holds it; and libcrypt, asked where that is cheap, computes a hash of its size and with its salt, so
// that some secret may match.
void read_password_hash(std::string_view text);

}  // namespace tokend::test

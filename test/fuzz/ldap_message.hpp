#pragma once

#include <string_view>

namespace tokend::test {

// Reads the bytes as what a server sends to a connection with a search and a bind under way. Throws std::logic_error
// unless each message has the size, the id and the kind that libldap finds, whatever follows it, and no part of it is a
// message.
void read_ldap_messages(std::string_view bytes);

}  // namespace tokend::test

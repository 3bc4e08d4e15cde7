#pragma once

#include <string_view>

namespace tokend::test {

// Takes the first line as a filter or a DN with {username} in it, and the bytes behind it as a value: in this template,
// in filters and DNs of its own, and as the id of an entry. Throws std::logic_error unless libldap finds exactly that
// value in filters and DNs, the value changes nothing else in a template, and the id gives the value back.
void escape_ldap(std::string_view input);

}  // namespace tokend::test

#pragma once

#include <string>
#include <string_view>

// Which texts a log or a terminal may show unchanged.
namespace tokend {

// Returns true if a reader of `s` sees what is there: `s` is well-formed UTF-8 and has no control characters
// (U+0000-001F, U+007F-009F), no line separators (U+2028, U+2029), and no marks that change the direction of text
// (U+061C, U+200E, U+200F, U+202A-202E, U+2066-2069).
bool is_printable(std::string_view s) noexcept;

// Appends `s` as a JSON string with its quotes. Characters that are not printable are escaped, and each byte that is
// not part of well-formed UTF-8 becomes \ufffd.
void append_quoted(std::string& out, std::string_view s);

// The same without the surrounding quotes.
void append_escaped(std::string& out, std::string_view s);

}  // namespace tokend

#pragma once

#include <string>
#include <string_view>

// What a log or a terminal may show as it is.
namespace tokend {

// True if `s` is well-formed UTF-8 without control characters (U+0000-001F, U+007F-009F), line separators (U+2028,
// U+2029) and marks that change the direction of text (U+061C, U+200E, U+200F, U+202A-202E, U+2066-2069): what a reader
// sees is what is there.
bool is_printable(std::string_view s) noexcept;

// Appends `s` as a JSON string with its quotes. What is not printable is escaped, and each byte that is no UTF-8
// becomes \ufffd.
void append_quoted(std::string& out, std::string_view s);

// The same without the quotes around it.
void append_escaped(std::string& out, std::string_view s);

}  // namespace tokend

#pragma once

#include <string_view>

namespace tokend::plugin {

// Well-formed by RFC 3629: no overlong form, no surrogate, nothing behind U+10FFFF.
bool is_utf8(std::string_view s) noexcept;

}  // namespace tokend::plugin

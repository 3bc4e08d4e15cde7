#pragma once

#include <string_view>

namespace tokend::plugin {

// Returns true if `s` is well-formed by RFC 3629: no overlong form, no surrogate, nothing above U+10FFFF.
[[nodiscard]] bool is_utf8(std::string_view s) noexcept;

}  // namespace tokend::plugin

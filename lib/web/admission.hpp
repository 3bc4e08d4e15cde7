#pragma once

#include "base/refusal.hpp"
#include "http/request.hpp"
#include "web/router.hpp"

namespace tokend {

// Whether a request may go on, judged by its headers before its body is read: path, verb, media type, in this order.
[[nodiscard]] result<void> admit(request_view const& request, route_match const& match) noexcept;

}  // namespace tokend

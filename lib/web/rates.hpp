#pragma once

#include "base/refusal.hpp"

namespace tokend {

class request_context;

// Whether a request may come now, by the rate of its listener and by that of its client's network. Only the native
// methods have rates: proxies ask /auth/verify for every request of their own clients, and monitors ask for health.
// Clients on Unix sockets have no network. Returns RATE_LIMITED with the time to wait.
[[nodiscard]] result<void> admit_at_rate(request_context& ctx) noexcept;

}  // namespace tokend

#pragma once

#include "web/request_history.hpp"

namespace tokend {

struct services;

// What all workers have counted since the start, for the history. Thread-safe.
request_totals total_requests(services const& all) noexcept;

}  // namespace tokend

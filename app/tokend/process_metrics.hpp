#pragma once

#include "base/metrics_text.hpp"

namespace tokend {

// Appends process_*, with the names that client libraries of Prometheus use: memory, processor time, descriptors, and
// start; and the version of tokend. What cannot be read is left out.
void append_process_metrics(metrics_text& to);

}  // namespace tokend

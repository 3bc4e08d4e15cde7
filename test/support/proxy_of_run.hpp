#pragma once

#include "support/proxy.hpp"

namespace tokend::test {

// The kind of proxy that this run of the program tests: its argument behind `--`. A program that links this ends with
// status 77 and one line if a package of that proxy is missing.
proxy_kind proxy_of_run();

}  // namespace tokend::test

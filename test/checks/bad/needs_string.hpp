#pragma once

// A sample for the test of headers_alone: <string> is missing.
inline std::string sample() { return {}; }

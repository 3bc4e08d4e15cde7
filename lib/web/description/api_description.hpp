#pragma once

#include <string_view>

namespace tokend {

// The HTTP interface as OpenAPI 3.1 in JSON: etc/openapi.yaml and the files that it refers to, as they were when tokend
// was built. It lives as long as the process. Thread-safe.
std::string_view api_description() noexcept;

}  // namespace tokend

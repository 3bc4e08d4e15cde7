#pragma once

#include <cstddef>
#include <optional>
#include <string>

namespace tokend {

// Whom and which tokens a request is about, as far as it is known: for the log and the audit log alone. Never a secret.
struct request_subject
{
    std::string organisation{};
    std::string username{};
    std::string unit{};
    std::string backend{};
    std::string accessor{};              // of the token that the request issues, uses or ends
    std::string ended_accessor{};        // of another token, which the request ends
    std::optional<std::size_t> ended{};  // how many tokens the request has ended
    bool is_issued = false;              // the token of `accessor` is new, and nobody has it before the answer
};

}  // namespace tokend

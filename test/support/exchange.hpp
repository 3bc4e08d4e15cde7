#pragma once

#include "support/answer.hpp"

#include <string>
#include <string_view>

namespace tokend::test {

// The requests of one connection that have no answer yet. Each must get an answer that etc/openapi.yaml has.
class exchange
{
public:
    void sent(std::string_view bytes) { bytes_.append(bytes); }

    // Takes the request that the answer is for, and checks the answer. Throws std::logic_error if it is not documented.
    // What a proxy answers itself is not checked.
    void answered(answer const& a, bool has_body);

private:
    std::string bytes_;
    bool is_lost_ = false;  // nobody knows where the next request begins
};

}  // namespace tokend::test

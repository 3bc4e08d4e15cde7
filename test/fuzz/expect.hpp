#pragma once

#include <stdexcept>

namespace tokend::test {

// Throws std::logic_error unless the oracle's sentence holds.
inline void expect(bool holds, char const* what)
{
    if (!holds)
        throw std::logic_error{what};
}

}  // namespace tokend::test

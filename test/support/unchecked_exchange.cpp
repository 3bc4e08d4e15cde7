// In place of exchange.cpp, for tests whose handlers are their own, so that no description has their answers; and for
// programs with sanitizers, where the checks take minutes and the answers are those of the other presets.
#include "support/exchange.hpp"

namespace tokend::test {

void exchange::answered(answer const&, bool)
{
    is_lost_ = true;
    bytes_.clear();
}

}  // namespace tokend::test

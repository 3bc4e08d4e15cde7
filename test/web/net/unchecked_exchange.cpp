#include "support/exchange.hpp"

namespace tokend::test {

// The handlers of these tests are their own, and so are their answers: no description has them.
void exchange::answered(answer const&, bool)
{
    is_lost_ = true;
    bytes_.clear();
}

}  // namespace tokend::test

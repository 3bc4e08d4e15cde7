#define BOOST_TEST_MODULE tokend
#include <boost/test/unit_test.hpp>

#include <csignal>

namespace {

// A write to a peer that has closed fails, as it does in the daemon, and does not end the test program: OpenSSL's own
// writes to a socket raise SIGPIPE. A handler, and not SIG_IGN, because the programs that a test starts would inherit
// that, and the tests of the daemon would no longer see whether it ignores the signal itself.
struct outlives_closed_peers
{
    outlives_closed_peers()
    {
        std::signal(SIGPIPE, [](int) {});
    }
};

}  // namespace

BOOST_TEST_GLOBAL_FIXTURE(outlives_closed_peers);

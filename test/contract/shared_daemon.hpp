#pragma once

#include "support/daemon.hpp"

#include <boost/test/unit_test.hpp>

#include <optional>

namespace tokend::test {

// One daemon for all cases of a suite. `Suite` names the suite and has options():
//     BOOST_AUTO_TEST_SUITE(examples, *boost::unit_test::fixture<served<demonstration_as_it_is>>())
template <class Suite>
class served
{
public:
    served() { running_.emplace(Suite::options()); }
    ~served() { running_.reset(); }

    static daemon_process& running() { return *running_; }
    static std::string const& address() { return running_->address(); }

private:
    static inline std::optional<daemon_process> running_;
};

}  // namespace tokend::test

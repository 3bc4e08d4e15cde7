#pragma once

#include <boost/test/unit_test.hpp>

#include <unistd.h>

namespace tokend::test {

// A user and a group that nobody is.
inline constexpr unsigned other_id = 65'000;

// Decorates a test that acts as another user, or gives files to others.
inline auto only_for_root()
{
    return boost::unit_test::precondition([](auto) {
        boost::test_tools::assertion_result is_root{::geteuid() == 0};
        is_root.message() << "not root";
        return is_root;
    });
}

}  // namespace tokend::test

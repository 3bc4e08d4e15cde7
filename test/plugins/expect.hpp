#pragma once

#include <boost/test/unit_test.hpp>

#include <string>

namespace tokend::test {

// Checks that `action` throws an Error with exactly this text.
template <class Error, class Action>
void expect_error(Action action, std::string const& text)
{
    BOOST_CHECK_EXCEPTION(action(), Error, [&](Error const& error) {
        BOOST_TEST(error.what() == text);
        return error.what() == text;
    });
}

}  // namespace tokend::test

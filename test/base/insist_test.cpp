#include "base/insist.hpp"

#include <boost/test/unit_test.hpp>

#include <new>
#include <stdexcept>

using tokend::insist;

BOOST_AUTO_TEST_SUITE(insist_)

BOOST_AUTO_TEST_CASE(work_that_lacks_memory_is_done_again)
{
    int times = 0;
    auto const done = insist([&] { return ++times < 4 ? throw std::bad_alloc{} : times; });
    BOOST_TEST(done == 4);
}

BOOST_AUTO_TEST_CASE(work_that_fails_otherwise_is_not)
{
    int times = 0;
    BOOST_CHECK_THROW(insist([&] { ++times, throw std::runtime_error{"no"}; }), std::runtime_error);
    BOOST_TEST(times == 1);
}

BOOST_AUTO_TEST_SUITE_END()

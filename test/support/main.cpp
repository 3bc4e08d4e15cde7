#define BOOST_TEST_MODULE tokend
#include <boost/test/unit_test.hpp>

// What test/fuzz/run has found worth keeping.
#include "fuzz/tokens_file.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

BOOST_AUTO_TEST_SUITE(corpus_)

BOOST_AUTO_TEST_CASE(every_tokens_file_of_the_corpus_is_opened_or_refused)
{
    std::size_t count = 0;
    for (auto const& entry : std::filesystem::directory_iterator{TEST_CORPUS "/tokens_file"})
    {
        std::ifstream in{entry.path(), std::ios::binary};
        std::vector<char> const bytes{std::istreambuf_iterator<char>{in}, {}};
        tokend::test::open_tokens_file({reinterpret_cast<std::uint8_t const*>(bytes.data()), bytes.size()});
        ++count;
    }
    BOOST_TEST(count > 10U);
}

BOOST_AUTO_TEST_SUITE_END()

#include <boost/test/unit_test.hpp>

#include <array>
#include <cstdio>
#include <memory>
#include <string>

namespace {

struct close_pipe
{
    void operator()(std::FILE* pipe) const noexcept { ::pclose(pipe); }
};

// Returns the names of the symbols that a shared object exports.
std::string exports_of(std::string const& library)
{
    std::unique_ptr<std::FILE, close_pipe> const pipe{
        ::popen(("nm -D --defined-only --format=posix '" + library + "' | cut -d' ' -f1").c_str(), "r")};
    BOOST_REQUIRE(pipe);
    std::string text;
    std::array<char, 4096> block;
    while (auto const count = std::fread(block.data(), 1, block.size(), pipe.get()))
        text.append(block.data(), count);
    return text;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(exports_)

BOOST_AUTO_TEST_CASE(a_plugin_exports_its_descriptor_alone)
{
    BOOST_TEST(exports_of(FILE_PLUGIN) == "tokend_plugin\n");
    BOOST_TEST(exports_of(ACCESS_TOKEN_PLUGIN) == "tokend_plugin\n");
    BOOST_TEST(exports_of(LDAP_PLUGIN) == "tokend_plugin\n");
}

BOOST_AUTO_TEST_SUITE_END()

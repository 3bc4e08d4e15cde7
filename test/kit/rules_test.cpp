#include "app/plugin_check/rules.hpp"

#include "base/text.hpp"

#include <boost/test/unit_test.hpp>

#include <fstream>
#include <iterator>
#include <regex>
#include <string>

namespace {

std::string read(std::string const& file)
{
    std::ifstream in{file};
    BOOST_REQUIRE(in);
    return {std::istreambuf_iterator<char>{in}, {}};
}

// On one line, without the marks of comments.
std::string flat(std::string text)
{
    text = std::regex_replace(text, std::regex{R"(/\*|\*/|\n \* |\n +\* )"}, " ");
    return std::regex_replace(text, std::regex{R"(\s+)"}, " ");
}

}  // namespace

BOOST_AUTO_TEST_SUITE(rules_)

BOOST_AUTO_TEST_CASE(every_rule_is_a_quotation_of_the_contract)
{
    auto const contract = flat(read("lib/abi/tokend/plugin.h"));
    auto const source = read("app/plugin_check/rules.hpp");
    std::regex const rule{R"(string_view (\w+) =((?:\s*"[^"]*")+);)"};
    std::size_t count = 0;
    for (std::sregex_iterator at{source.begin(), source.end(), rule}; at != std::sregex_iterator{}; ++at, ++count)
    {
        auto const text = std::regex_replace((*at)[2].str(), std::regex{R"(^\s*"|"$|"\s*")"}, "");
        BOOST_TEST(contract.find(text) != contract.npos, (*at)[1] << " is not in plugin.h: " << text);
    }
    BOOST_TEST(count > 30U);
}

BOOST_AUTO_TEST_SUITE_END()

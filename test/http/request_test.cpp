#include "http/request.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>
#include <vector>

using namespace tokend;

namespace {

// "name=value" for each parameter of a query, decoded.
std::vector<std::string> parameters(std::string_view query)
{
    std::vector<std::string> all;
    std::string name;
    std::string value;
    while (next_parameter(query, name, value))
        all.push_back(name + "=" + value);
    return all;
}

using texts = std::vector<std::string>;

}  // namespace

BOOST_AUTO_TEST_SUITE(request_)

BOOST_AUTO_TEST_CASE(a_target_is_split_into_path_and_query)
{
    struct row
    {
        std::string_view target;
        std::string_view path;
        std::string_view query;
    };
    for (auto const& r : std::initializer_list<row>{
             {"/a", "/a", ""},
             {"/a?b", "/a", "b"},
             {"/a?", "/a", ""},
             {"/a?b?c", "/a", "b?c"},
             {"/?b=/c", "/", "b=/c"},
             {"http://host:80/a?b", "/a", "b"},
             {"HTTPS://host/a", "/a", ""},
             {"http://host?b", "", "b"},
             {"http://host", "", ""},
             {"*", "*", ""},
             {"ftp://host/a", "ftp://host/a", ""},
             {"", "", ""},
         })
        BOOST_TEST_CONTEXT(r.target)
        {
            std::string_view path;
            std::string_view query;
            split_target(r.target, path, query);
            BOOST_TEST(path == r.path);
            BOOST_TEST(query == r.query);
        }
}

BOOST_AUTO_TEST_CASE(parameters_are_decoded_as_those_of_a_form)
{
    BOOST_TEST(parameters("") == texts{}, boost::test_tools::per_element());
    BOOST_TEST(parameters("a=1&b=2") == (texts{"a=1", "b=2"}), boost::test_tools::per_element());
    BOOST_TEST(parameters("a&=b&&c=") == (texts{"a=", "=b", "=", "c="}), boost::test_tools::per_element());
    BOOST_TEST(parameters("a+b=c%20d%2B") == texts{"a b=c d+"}, boost::test_tools::per_element());
    BOOST_TEST(parameters("a=1=2") == texts{"a=1=2"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_percent_sign_without_two_digits_stands_for_itself)
{
    BOOST_TEST(parameters("a=%&b=%4&c=%zz&d=%4z") == (texts{"a=%", "b=%4", "c=%zz", "d=%4z"}),
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()

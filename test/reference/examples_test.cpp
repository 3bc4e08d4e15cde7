// The examples of the description, sent to a running tokend.
#include "contract/contract.hpp"
#include "reference/calls.hpp"
#include "reference/schema.hpp"
#include "web/description/pointer.hpp"

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

#include <string>

using namespace tokend::test;
namespace json = boost::json;

namespace {

// A tokend, a live token and the accessor of another one, of an organisation whose tokens do all that examples show.
struct fixture
{
    complete_tokend served{{}, {"--organisation.CRMDEMO.lifetime-policy=sliding"}};
    std::string token;
    std::string accessor;

    void begin()
    {
        token = issue_token(served.address());
        accessor = ask(served.address(), post(issue_path, administrator)).header("X-Token-Accessor");
    }
    answer send(operation const& of, std::string_view example)
    {
        begin();
        return ask(served.address_of(of), with_token(full_example_call(of, example).text(), token, accessor));
    }
};

// Calls `check` with each schema and each of its examples, of requests and of responses.
template <class Check>
void each_example(json::value const& in, Check check)
{
    if (auto const* const list = in.if_array())
        for (auto const& item : *list)
            each_example(item, check);
    if (auto const* const object = in.if_object())
        for (auto const& [name, value] : *object)
        {
            auto const* const schema = object->if_contains("schema");
            if (name == "examples" && schema != nullptr)
                for (auto const& [title, example] : value.as_object())
                    check(*schema, example.at("value"));
            else if (name == "example" && schema != nullptr)
                check(*schema, value);
            else
                each_example(value, check);
        }
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(examples_, fixture)

// The answer's schema and header fields are checked for every answer that a test receives.
BOOST_AUTO_TEST_CASE(each_request_gets_a_good_answer)
{
    std::size_t sent = 0;
    for (auto const& of : all_operations())
        for (auto const& example : example_names(of))
            BOOST_TEST_CONTEXT(of.name() << ' ' << example)
            {
                auto const a = send(of, example);
                BOOST_TEST(a.status == 200, a.body);
                BOOST_TEST(a.header("X-Request-Id") == "order-4711");
                ++sent;
            }
    BOOST_TEST(sent > all_operations().size());
}

BOOST_AUTO_TEST_CASE(each_one_fits_its_schema)
{
    std::size_t found = 0;
    each_example(reference(), [&](json::value const& schema, json::value const& example) {
        auto const wrong = mismatch(example, schema, reference());
        BOOST_TEST(!wrong, wrong.value_or(""));
        ++found;
    });
    BOOST_TEST(found > 60U);
}

BOOST_AUTO_TEST_CASE(a_legacy_prefix_answers_as_the_description_says)
{
    for (auto const& of : all_operations())
        if (of.item->contains("servers"))
            BOOST_TEST_CONTEXT(of.name())
            {
                begin();
                auto c = example_call(of);
                c.target.insert(0, "/crmapi/rest/v2");
                auto const a = ask(served.address(), with_token(c.text(), token, accessor));
                BOOST_TEST(a.status == 200, a.body);
            }
}

BOOST_AUTO_TEST_SUITE_END()

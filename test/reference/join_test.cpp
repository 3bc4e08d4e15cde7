// A description in several files becomes one document, and a page.
#include "web/description/join.hpp"

#include "support/bytes_of.hpp"
#include "support/temporary_folder.hpp"
#include "web/description/page.hpp"

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <stdexcept>
#include <string>

using namespace tokend;
using namespace tokend::test;
namespace json = boost::json;

namespace {

struct fixture
{
    temporary_folder folder{};

    void write(std::string const& path, std::string const& text)
    {
        std::filesystem::create_directories((folder / path).parent_path());
        folder.write(path, text);
    }
    std::string complaint() const
    {
        try
        {
            (void)join_description(folder / "root.yaml");
        }
        catch (std::runtime_error const& e)
        {
            std::string what = e.what();
            auto const at = what.find(folder.path().string() + '/');
            return at == what.npos ? what : what.erase(at, folder.path().string().size() + 1);
        }
        return {};
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(join_, fixture)

BOOST_AUTO_TEST_CASE(references_to_files_become_components)
{
    write("root.yaml", "paths: {/a: {$ref: 'paths/x.yaml#/a'}}\n");
    write("paths/x.yaml", "a: {get: {$ref: '../schemas/y.yaml#/B'}}\n");
    write("schemas/y.yaml", "B: &b {type: string, const: '1', no: 1, yes: true, nothing: null, self: {$ref: '#/B'}}\n"
                            "C: {$ref: '#/B'}\n");
    BOOST_TEST(complaint() == "schemas/y.yaml: nothing refers to 'C'");
    write("schemas/y.yaml", "B: {type: string, const: '1', no: 1, yes: true, nothing: null, self: {$ref: '#/B'}}\n");
    BOOST_TEST(json::value(join_description(folder / "root.yaml")) ==
               json::parse(R"({"paths":{"/a":{"get":{"$ref":"#/components/schemas/B"}}},"components":{"schemas":{)"
                           R"("B":{"type":"string","const":"1","no":1,"yes":true,"nothing":null,)"
                           R"("self":{"$ref":"#/components/schemas/B"}}}}})"));
}

BOOST_AUTO_TEST_CASE(mistakes_are_named_with_file_and_line)
{
    write("root.yaml", "a: 1\nb: [\n");
    BOOST_TEST(complaint().starts_with("root.yaml:"), complaint());
    write("root.yaml", "a: 1\nb: 2\na: 3\n");
    BOOST_TEST(complaint() == "root.yaml:3: 'a' comes twice");
    write("root.yaml", "a: 1\nb: 3.1\n");
    BOOST_TEST(complaint() == "root.yaml:2: quote '3.1', or write an integer");
    write("root.yaml", "a: {$ref: other}\n");
    BOOST_TEST(complaint() == "root.yaml: 'other' is no FILE#/NAME");
    write("root.yaml", "a: {$ref: 'schemas/y.yaml#/B'}\n");
    write("schemas/y.yaml", "A: {}\n");
    BOOST_TEST(complaint() == "root.yaml: 'schemas/y.yaml#/B' leads nowhere");
    write("root.yaml", "a: {$ref: 'schemas/y.yaml#/A'}\nb: {$ref: 'schemas/z.yaml#/A'}\n");
    write("schemas/z.yaml", "A: {}\n");
    BOOST_TEST(complaint().ends_with("schemas/y.yaml has a 'A' too"), complaint());
    write("root.yaml", "a: {$ref: 'schemas/missing.yaml#/A'}\n");
    BOOST_TEST(complaint().find("missing.yaml") != std::string::npos, complaint());
}

BOOST_AUTO_TEST_CASE(the_page_for_people_is_made_from_it)
{
    auto const made = page_of(join_description("etc/openapi.yaml"));
    BOOST_TEST((made == bytes_of("docs/api.md")), "docs/api.md is old: ninja -C build/dev api_page");
}

BOOST_AUTO_TEST_SUITE_END()

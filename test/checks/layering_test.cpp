#include "checks/layering.hpp"

#include "checks/source_text.hpp"

#include <boost/test/unit_test.hpp>

namespace tokend::test {
namespace {

namespace fs = std::filesystem;

layering const small{"tokend_layer(base\n  SOURCES a.cpp\n  LINKS Boost::json)\n"
                     "tokend_layer(credential SOURCES b.cpp USES abi base LINKS dl)\n"
                     "tokend_layer(web SOURCES c.cpp USES base)\n",
                     {"file", "common"}};

bool may(fs::path const& file, std::string const& named)
{
    return small.trespasses(file, "#include \"" + named + "\"\n").empty();
}

std::set<std::string> plugin_folders()
{
    std::set<std::string> names;
    for (auto const& entry : fs::directory_iterator{fs::path{TEST_PROJECT} / "plugins"})
        if (entry.is_directory())
            names.insert(entry.path().filename().string());
    return names;
}

BOOST_AUTO_TEST_SUITE(layering_)

BOOST_AUTO_TEST_CASE(a_layer_names_itself_and_what_it_uses)
{
    BOOST_TEST(may("lib/credential/x.cpp", "credential/y.hpp"));
    BOOST_TEST(may("lib/credential/x.cpp", "base/y.hpp"));
    BOOST_TEST(may("lib/credential/x.cpp", "tokend/plugin.h"));
    BOOST_TEST(may("lib/web/methods/x.cpp", "web/methods/y.hpp"));
}

BOOST_AUTO_TEST_CASE(a_layer_names_nothing_else)
{
    BOOST_TEST(!may("lib/base/x.cpp", "web/y.hpp"));
    BOOST_TEST(!may("lib/web/x.cpp", "credential/y.hpp"));
    BOOST_TEST(!may("lib/web/x.cpp", "tokend/plugin.h"));
    BOOST_TEST(!may("lib/web/x.cpp", "app/tokend/config/configuration.hpp"));
    BOOST_TEST(!may("lib/web/x.cpp", "base/../credential/y.hpp"));
    BOOST_TEST(!may("lib/abi/tokend/plugin.hpp", "base/y.hpp"));
}

BOOST_AUTO_TEST_CASE(a_plugin_names_the_abi_itself_and_what_plugins_share)
{
    BOOST_TEST(may("plugins/file/x.cpp", "tokend/plugin.hpp"));
    BOOST_TEST(may("plugins/file/x.cpp", "file/y.hpp"));
    BOOST_TEST(may("plugins/file/x.cpp", "common/y.hpp"));
    BOOST_TEST(!may("plugins/file/x.cpp", "base/text.hpp"));
    BOOST_TEST(!may("plugins/common/x.cpp", "file/y.hpp"));
}

BOOST_AUTO_TEST_CASE(nothing_but_tests_names_the_tests)
{
    for (auto const* const file : {"lib/web/x.cpp", "app/tokend/x.cpp", "plugins/file/x.cpp"})
        for (auto const* const named : {"support/y.hpp", "test/support/y.hpp", "fake/fake.h", "checks/y.hpp"})
            BOOST_TEST(!may(file, named), file << " " << named);
}

BOOST_AUTO_TEST_CASE(a_trespass_is_named_with_its_line)
{
    BOOST_TEST(small.trespasses("lib/base/x.cpp", "#pragma once\n\n  # include  \"web/y.hpp\"  // why\n") ==
                   std::vector<std::string>{"lib/base/x.cpp:3: may not include \"web/y.hpp\""},
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(the_project_keeps_its_layers)
{
    fs::path const project{TEST_PROJECT};
    layering const layers{read_text(project / "lib/CMakeLists.txt"), plugin_folders()};
    std::size_t files = 0;
    for (auto const* const folder : {"lib", "app", "plugins"})
        for (auto const& file : sources_below(project / folder))
        {
            ++files;
            for (auto const& trespass : layers.trespasses(file.lexically_relative(project), read_text(file)))
                BOOST_ERROR(trespass);
        }
    BOOST_TEST(files > 0U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace tokend::test

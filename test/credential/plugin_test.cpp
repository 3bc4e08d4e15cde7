#include "credential/plugin.hpp"

#include "support/temporary_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <sys/stat.h>

#include <algorithm>
#include <stdexcept>

using namespace tokend;
using tokend::test::temporary_folder;

namespace {

std::string const folder = TEST_FAKE_PLUGINS;

std::string trouble(std::filesystem::path const& directory, std::string const& name)
{
    try
    {
        plugin_library::load(directory, name);
    }
    catch (std::runtime_error const& e)
    {
        return e.what();
    }
    return "none";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(plugin_)

BOOST_AUTO_TEST_CASE(a_plugin_is_loaded_by_its_name_and_describes_its_options)
{
    auto const library = plugin_library::load(folder, "listed");
    BOOST_TEST(library.descriptor().name == "listed");
    BOOST_TEST((library.recheck() != nullptr));
    BOOST_TEST(library.options().size() == 2U);
    auto const text = describe(library);
    BOOST_TEST(text.starts_with("listed 1.0, plugin ABI "), text);
    BOOST_TEST(text.find("can check a user again") != text.npos, text);
    BOOST_TEST(text.find("\n  list = a path (required)\n") != text.npos, text);
    BOOST_TEST((plugin_library::load(folder, "never_answers").recheck() == nullptr));
}

BOOST_AUTO_TEST_CASE(a_library_that_is_no_plugin_of_this_tokend_is_named_with_what_is_wrong)
{
    BOOST_TEST(trouble(folder, "no_entry") ==
               folder + "/no_entry.so: is no tokend plugin: it exports no 'tokend_plugin'");
    BOOST_TEST(trouble(folder, "old_abi").starts_with(folder + "/old_abi.so: is made for plugin ABI 0.9; this tokend"));
    BOOST_TEST(trouble(folder, "short_struct").find("its descriptor has ") != std::string::npos);
    for (auto const* name : {"", "a/b", "..", ".hidden", "a\\b"})
        BOOST_TEST(trouble(folder, name).find("is no name of a plugin") != std::string::npos, name);
}

BOOST_AUTO_TEST_CASE(a_plugin_that_is_not_there_is_named_with_those_that_are)
{
    temporary_folder const empty;
    BOOST_TEST(trouble(empty.path(), "file") ==
               (empty / "file.so").string() + ": no such plugin; there is none in that folder");
    empty.write("b.so", "");
    empty.write("a.so", "");
    empty.write("c.txt", "");
    BOOST_TEST(trouble(empty.path(), "file") == (empty / "file.so").string() + ": no such plugin; there are: a, b");
    BOOST_TEST(list_plugins(empty.path()) == (std::vector<std::string>{"a", "b"}), boost::test_tools::per_element());
    BOOST_TEST(list_plugins(empty / "none").empty());
}

BOOST_AUTO_TEST_CASE(a_plugin_that_others_could_have_written_is_not_loaded)
{
    temporary_folder const open;
    auto const copy = open / "listed.so";
    std::filesystem::copy_file(folder + "/listed.so", copy);
    ::chmod(copy.c_str(), 0775);
    BOOST_TEST(trouble(open.path(), "listed") == copy.string() + ": is writable by others; chmod go-w it");
    ::chmod(copy.c_str(), 0755);
    ::chmod(open.path().c_str(), 0777);
    BOOST_TEST(trouble(open.path(), "listed") == open.path().string() + ": is writable by others; chmod go-w it");
    ::chmod(open.path().c_str(), 0755);
    BOOST_TEST(trouble(open.path(), "listed") == "none");
}

BOOST_AUTO_TEST_SUITE_END()

#include "credential/plugin.hpp"

#include "base/secret_file.hpp"
#include "support/temporary_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <sys/stat.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <system_error>

using namespace tokend;
using tokend::test::temporary_folder;

namespace {

constexpr std::array<tokend_option, 6> table{{
    {"users", TOKEND_OPTION_PATH, 1, nullptr, "the file"},
    {"size", TOKEND_OPTION_SIZE, 0, "4k", "a size"},
    {"wait", TOKEND_OPTION_DURATION, 0, nullptr, "a time"},
    {"strict", TOKEND_OPTION_BOOLEAN, 0, "no", "a choice"},
    {"units", TOKEND_OPTION_LIST, 0, nullptr, "a list"},
    {"key", TOKEND_OPTION_SECRET, 0, nullptr, "a secret"},
}};

struct fixture
{
    std::vector<option_setting> settings{{"users", "a/../u", "f:2", "/etc/x"}};
    std::vector<std::string> errors;
    option_values check() { return check_options(table, settings, "f:1", errors); }
    void set(std::string name, std::string value)
    {
        settings.push_back({std::move(name), std::move(value), "f:9", "/etc/x"});
    }
};

std::string text(option_values const& v, std::size_t i) { return {v.values()[i].text.data, v.values()[i].text.size}; }

}  // namespace

BOOST_FIXTURE_TEST_SUITE(plugin_options_, fixture)

BOOST_AUTO_TEST_CASE(values_come_parsed_with_defaults_and_absolute_paths)
{
    set("wait", "2s");
    set("units", "a, b c");
    auto const v = check();
    BOOST_TEST(errors.empty());
    BOOST_TEST(text(v, 0) == "/etc/x/u");
    BOOST_TEST(v.values()[1].number == 4096);
    BOOST_TEST(v.values()[2].number == 2000);
    BOOST_TEST(v.values()[3].number == 0);
    BOOST_TEST(text(v, 4) == "a,b,c");
    BOOST_TEST(v.values()[5].is_set == 0U);
}

BOOST_AUTO_TEST_CASE(every_mistake_is_told_with_its_place)
{
    settings.clear();
    set("usres", "x");
    set("size", "4x");
    set("strict", "true");
    check();
    BOOST_REQUIRE(errors.size() == 4U);
    BOOST_TEST(errors[0] ==
               "f:9: the plugin has no option 'usres'; its options are: users, size, wait, strict, units, key-file");
    BOOST_TEST(errors[1] == "f:1: 'users' is missing: the file");
    BOOST_TEST(errors[2] == "f:9: size = 4x: a size such as 4096, 64k, 16m or 1g is meant");
    BOOST_TEST(errors[3] == "f:9: strict = true: yes or no is meant");
}

BOOST_AUTO_TEST_CASE(a_secret_comes_from_a_file_and_never_from_the_configuration)
{
    auto const folder = std::filesystem::temp_directory_path() / ("tokend-options-" + std::to_string(::getpid()));
    std::filesystem::create_directory(folder);
    std::ofstream{folder / "good"} << "s3cret\n";
    std::ofstream{folder / "empty"} << "\n";
    set("key-file", (folder / "good").string());
    BOOST_TEST(text(check(), 5) == "s3cret");
    BOOST_TEST(errors.empty());

    settings.back().value = (folder / "empty").string();
    check();
    settings.back().value = (folder / "none").string();
    check();
    settings.back().value = "credential:key";
    ::unsetenv("CREDENTIALS_DIRECTORY");
    check();
    set("key", "s3cret");
    check();
    BOOST_REQUIRE(errors.size() >= 4U);
    BOOST_TEST(errors[0].ends_with("empty is empty"));
    BOOST_TEST(errors[1].ends_with("none cannot be read: No such file or directory"));
    BOOST_TEST(errors[2].ends_with("CREDENTIALS_DIRECTORY is not set"));
    for (auto const& e : errors)
        BOOST_TEST(e.find("s3cret") == e.npos);
    std::filesystem::remove_all(folder);
}

BOOST_AUTO_TEST_CASE(files_that_others_could_change_and_secrets_that_they_may_read_are_named)
{
    temporary_folder const folder;
    auto const users = folder.write("u", "").string();
    auto const key = folder.write("k", "").string();
    settings = {
        {"users", "u", "f:2", folder.path()}, {"key-file", "k", "f:3", folder.path()}, {"units", "x", "f:4", "/"}};
    BOOST_TEST(loose_files(table, settings).empty());
    ::chmod(users.c_str(), 0666);
    ::chmod(key.c_str(), 0644);
    auto const found = loose_files(table, settings);
    BOOST_REQUIRE(found.size() == 2U);
    BOOST_TEST(found[0] ==
               "f:2: users: " + users + ": mode 0666, writable by others than its owner; chmod go-w " + users);
    BOOST_TEST(found[1] == "f:3: key-file: " + key + ": mode 0644, a secret that others may read; chmod o-rwx " + key);
}

BOOST_AUTO_TEST_CASE(a_secret_is_read_without_a_stream_whose_buffer_would_keep_it)
{
    temporary_folder const folder;
    std::string const text = "a secret that is longer than a short string\n";
    auto const file = folder.write("s", text).string();
    BOOST_TEST(read_secret_file(file, 64).reveal() == text.substr(0, text.size() - 1));
    BOOST_CHECK_THROW(read_secret_file(file, 10), std::length_error);
    BOOST_CHECK_THROW(read_secret_file(folder.path().string(), 64), std::system_error);
    // Moving a short secret leaves no bytes of it behind.
    alignas(secret) std::array<unsigned char, sizeof(secret)> memory;
    auto* const first = new (memory.data()) secret{"0123456789"};
    auto const second = std::move(*first);
    BOOST_TEST(second.reveal() == "0123456789");
    std::string_view const left{reinterpret_cast<char const*>(memory.data()), memory.size()};
    BOOST_TEST(left.find("23456789") == left.npos);
    first->~secret();
}

BOOST_AUTO_TEST_SUITE_END()

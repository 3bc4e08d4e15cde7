#include "contract/contract.hpp"
#include "kit/shell.hpp"
#include "support/daemon.hpp"
#include "support/temporary_folder.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <ostream>
#include <string>

using namespace tokend::test;

// The examples are built outside the tree, from what is installed, checked, and used for a login.
namespace {

namespace fs = std::filesystem;

// A prefix with the component `dev`.
class prefix
{
public:
    prefix()
    {
        run_well(TEST_CMAKE " --install " + in_quotes(TEST_BUILD) + " --component dev --prefix " +
                 in_quotes(folder_.path().string()));
    }
    std::string path() const { return folder_.path().string(); }
    std::string check() const { return in_quotes(path() + "/bin/tokend-plugin-check"); }
    // Of a command that is to find the prefix by pkg-config.
    std::string environment() const
    {
        return "PKG_CONFIG_PATH=" + in_quotes(path() + "/" TEST_LIBRARIES "/pkgconfig") +
               " PATH=" + in_quotes(path() + "/bin") + ":\"$PATH\" ";
    }

    static prefix const& shared()
    {
        static prefix const one;
        return one;
    }

private:
    temporary_folder folder_;
};

struct example
{
    std::string folder;
    std::string plugin;
    std::string options;     // of its section
    std::string login;       // the body of a request
    std::string no_login{};  // of one that is refused
};
std::ostream& operator<<(std::ostream& out, example const& e) { return out << e.plugin; }

std::array<example, 2> const examples{{
    {"c", "fixed", "users = ada, grace\npassword-file = secret\n",
     R"({"username":"grace","password":"open sesame","organisation":"CORP"})",
     R"({"username":"linus","password":"open sesame","organisation":"CORP"})"},
    {"cpp", "vouchers", "vouchers = list\n",
     R"({"access_token_identifier":{"authentication_code":"4711"},"organisation":"CORP"})",
     R"({"access_token_identifier":{"authentication_code":"4712"},"organisation":"CORP"})"},
}};

// A copy of an example, outside the tree.
class copy
{
public:
    explicit copy(example const& e) : example_{e}
    {
        fs::copy(prefix::shared().path() + "/share/doc/tokend-dev/examples/" + e.folder, folder_.path());
        folder_.write("secret", "open sesame\n");
        folder_.write("list", "4711 ada\n");
        folder_.write("tokend.conf", "[backend.mine]\nplugin = " + e.plugin + '\n' + e.options +
                                         "[organisation.CORP]\nbackends = mine\n");
    }
    std::string make(std::string const& variables = {}) const
    {
        return run_well(prefix::shared().environment() + "make -C " + path() + ' ' + variables);
    }
    void make_by_cmake() const
    {
        auto const built = in_quotes((folder_ / "built").string());
        run_well(TEST_CMAKE " -S " + path() + " -B " + built +
                 " -DCMAKE_PREFIX_PATH=" + in_quotes(prefix::shared().path()));
        run_well(TEST_CMAKE " --build " + built);
        fs::rename(folder_ / "built" / library(), folder_ / library());
    }
    std::string path() const { return in_quotes(folder_.path().string()); }
    std::string library() const { return example_.plugin + ".so"; }
    std::string check_line() const
    {
        auto const file = [this](std::string const& name) { return in_quotes((folder_ / name).string()); };
        return prefix::shared().check() + " --config=" + file("tokend.conf") + " --backend=mine " + file(library());
    }

    void check_and_log_in() const
    {
        auto const checked = run_well(check_line());
        BOOST_TEST(checked.find(" 0 failed\n") != checked.npos, checked);
        daemon_process tokend{{.configuration = folder_ / "tokend.conf",
                               .arguments = {"--login.failure-time=0ms"},
                               .plugins = folder_.path()}};
        BOOST_TEST(is_active(tokend.address(), issue_token(tokend.address(), example_.login)));
        check_error(ask(tokend.address(), post(issue_path, example_.no_login)), 401, "INVALID_CREDENTIALS");
        tokend.stop();
    }

private:
    example const& example_;
    temporary_folder folder_;
};

// Texts that show a first plugin.
struct text_with_code
{
    std::string file;
    std::string end;  // what follows the code
};
std::ostream& operator<<(std::ostream& out, text_with_code const& t) { return out << t.file; }

std::array<text_with_code, 2> const texts{{{"plugins/README.md", "```"}, {"docs/man/tokend-plugin.7", ".Ed"}}};

}  // namespace

BOOST_AUTO_TEST_SUITE(build_)

BOOST_DATA_TEST_CASE(an_example_builds_with_pkg_config_alone_and_lets_its_users_in, examples, e)
{
    copy const mine{e};
    mine.make("CFLAGS='-Wall -Wextra -Werror' CXXFLAGS='-std=c++20 -Wall -Wextra -Werror'");
    mine.check_and_log_in();
}

BOOST_DATA_TEST_CASE(an_example_builds_with_cmake_and_lets_its_users_in, examples, e)
{
    copy const mine{e};
    mine.make_by_cmake();
    mine.check_and_log_in();
}

BOOST_DATA_TEST_CASE(the_makefile_of_an_example_checks_and_installs_it, examples, e)
{
    copy const mine{e};
    auto const checked = mine.make("check");
    BOOST_TEST(checked.find("ok    known: ") != checked.npos, checked);
    temporary_folder const root;
    mine.make("install DESTDIR=" + in_quotes(root.path().string()));
    BOOST_TEST(fs::exists(root.path().string() + prefix::shared().path() + "/" TEST_LIBRARIES "/tokend/plugins/" +
                          mine.library()));
}

BOOST_DATA_TEST_CASE(the_first_plugin_of_a_text_is_built_as_it_says_and_keeps_the_contract, texts, shown)
{
    temporary_folder const folder;
    std::ifstream in{shown.file};
    std::string const text{std::istreambuf_iterator<char>{in}, {}};
    auto const begin = text.find("#include <tokend/plugin.hpp>\n\nusing");
    BOOST_REQUIRE(begin != text.npos);
    folder.write("mine.cpp", text.substr(begin, text.find(shown.end, begin) - begin));
    auto const here = "cd " + in_quotes(folder.path().string()) + " && " + prefix::shared().environment();
    run_well(here + "sh -c 'c++ -std=c++20 $(pkg-config --cflags --libs tokend-plugin) -o mine.so mine.cpp'");
    auto const seen =
        run_well("echo open sesame | (" + here + "tokend-plugin-check --user=ada --password-stdin mine.so)");
    BOOST_TEST(seen.find("accepted as ada") != seen.npos, seen);
}

BOOST_AUTO_TEST_CASE(a_version_that_this_tokend_does_not_have_is_refused)
{
    copy const mine{examples[0]};
    auto const later = "sed -i 's/find_package(tokend-plugin [0-9.]*/find_package(tokend-plugin 2.0/' " + mine.path() +
                       "/CMakeLists.txt";
    run_well(later);
    auto const r = shell(TEST_CMAKE " -S " + mine.path() + " -B " + mine.path() +
                         "/built -DCMAKE_PREFIX_PATH=" + in_quotes(prefix::shared().path()));
    BOOST_TEST(r.status != 0);
    BOOST_TEST(r.output.find("compatible with requested version") != r.output.npos, r.output);
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
BOOST_AUTO_TEST_CASE(a_plugin_with_a_sanitizer_is_checked_with_its_library_first)
{
    copy const mine{examples[0]};
    mine.make("CC=gcc CFLAGS='-g -fsanitize=address'");
    auto const refused = shell(mine.check_line());
    BOOST_TEST(refused.status == 64);
    std::string const hint = R"~(LD_PRELOAD="$(cc -print-file-name=libasan.so)")~";
    BOOST_TEST(refused.output.find(hint) != refused.output.npos, refused.output);
    run_well("cc() { gcc \"$@\"; }; " + hint + ' ' + mine.check_line());
}
#endif

BOOST_AUTO_TEST_SUITE_END()

#include "config/configured.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <sys/stat.h>

#include <fstream>
#include <ostream>

namespace tokend::test {
namespace {

using lines = std::vector<std::string>;

struct broken
{
    std::string_view text;
    lines expected;
};
std::ostream& operator<<(std::ostream& out, broken const& b) { return out << b.text; }

broken const table[] = {
    {"workers = 1\n", {"t.conf:1: stands before the first section; begin with a line such as [server]"}},
    {"[server]\nworkers\n", {"t.conf:2: neither 'key = value' nor a [section]"}},
    {"[server]\n= 3\n", {"t.conf:2: neither 'key = value' nor a [section]"}},
    {"[server]\nworkers =\n", {"t.conf:2: workers is ''; give a whole number from 0 to 1024"}},
    {"[server]\nworker = 3\n", {"t.conf:2: unknown key 'worker' in [server]; did you mean 'workers'?"}},
    {"[log]\nfile = x\n", {"t.conf:2: unknown key 'file' in [log]; there are level, format"}},
    {"[sever]\nworkers = many\n", {"t.conf:1: unknown section [sever]; did you mean [server]?"}},
    {"[listen.public]\n[listen.admin]\nadress = 127.0.0.1:1\n",
     {"t.conf:2: [listen.admin] names no address; add a line such as address = localhost:8080",
      "t.conf:3: unknown key 'adress' in [listen.admin]; did you mean 'address'?"}},
    {"[listen.public]\nserve = private\n", {"t.conf:2: serve is 'private'; give some of public, admin, metrics"}},
    {"[listen.public]\nunix-group = no such group\n",
     {"t.conf:2: unix-group is 'no such group'; give a group of this system, by name or number, or nothing"}},
    {"[listen.]\n", {"t.conf:1: the id in [listen.] must be 1 to 64 letters, digits, '_' or '-'"}},
    {"[]\n",
     {"t.conf:1: unknown section []; there are [server], [listen.NAME], [http], [login], [tokens], [log], "
      "[audit], [admin], [backend.ID], [organisation.ID]"}},
    {"[server\nworkers = 1\n", {"t.conf:1: a section line ends with ']'"}},
    {"[\n", {"t.conf:1: a section line ends with ']'"}},
    {"[server] # all\n", {"t.conf:1: '#' within a line; a comment has a line of its own, and no value can hold a '#'"}},
    {"[http]\nverify-cookie = a#b\n",
     {"t.conf:2: '#' within a line; a comment has a line of its own, and no value can hold a '#'"}},
    {"[server]\nworkers = 1\n\nworkers = 1\n", {"t.conf:4: 'workers' of [server] is set already in line 2"}},
    {"[server]\nworkers = 1\n[log]\n[server]\nworkers = 2\n",
     {"t.conf:5: 'workers' of [server] is set already in line 2"}},
    {"[backend.b]\nplugin = file\nx = 1\nx = 1\n", {"t.conf:4: 'x' of [backend.b] is set already in line 3"}},
    {"\xef\xbb\xbf[server]\nworkers = 1\n", {"t.conf:1: begins with a byte order mark; save the file without one"}},
    {{"[server]\nworkers = 1\0\n", 21}, {"t.conf:2: the line holds a control character"}},
    {"[server]\n# \x1b[1m\n", {"t.conf:2: the line holds a control character"}},
    {"# caf\xe9\n", {"t.conf:1: the line is not valid UTF-8"}},
    {"# \xc0\x80\n# \xed\xa0\x80\n# \xf4\x90\x80\x80\n# \xe2\x82\n",
     {"t.conf:1: the line is not valid UTF-8", "t.conf:2: the line is not valid UTF-8",
      "t.conf:3: the line is not valid UTF-8", "t.conf:4: the line is not valid UTF-8"}},
    {"[backend.a b]\nplugin = file\n",
     {"t.conf:1: the id in [backend.a b] must be 1 to 64 letters, digits, '_' or '-'"}},
    {"[organisation.]\n", {"t.conf:1: the id in [organisation.] must be 1 to 64 letters, digits, '_' or '-'"}},
    {"[backend.a.b]\n", {"t.conf:1: the id in [backend.a.b] must be 1 to 64 letters, digits, '_' or '-'"}},
    {"[organisation.O]\nbackend = b\n",
     {"t.conf:1: [organisation.O] names no backends; add a line such as backends = staff",
      "t.conf:2: unknown key 'backend' in [organisation.O]; did you mean 'backends'?"}},
    {"[backend.b]\nusers = u\n", {"t.conf:1: [backend.b] names no plugin; add a line such as plugin = file"}},
    {"[backend.b]\nplugin = ../x.so\n", {"t.conf:2: plugin is '../x.so'; give the name of a plugin, such as file"}},
    {"[log]\nformat = xml\n", {"t.conf:2: format is 'xml'; give one of auto, text, json, journal"}},
    {"[audit]\nto = syslog\n", {"t.conf:2: to is 'syslog'; give one of off, journal, file"}},
    {"[audit]\nto = file\nfile =\n", {"t.conf:3: file is ''; give a path"}},
    {"[audit]\nto = file\non-failure = wait\n", {"t.conf:3: on-failure is 'wait'; give one of drop, refuse"}},
    {"[audit]\npath = /a\n", {"t.conf:2: unknown key 'path' in [audit]; there are to, file, on-failure"}},
    {"[log]\nlevel = loud\n", {"t.conf:2: level is 'loud'; give one of error, warning, info, debug"}},
    // All mistakes at once, in the order of the lines, whichever step found them.
    {"[organisation.O]\nbackends = stadf\n[backend.staff]\nplugin = file\n[server]\nworkers = -1\n[x]\n",
     {"t.conf:2: there is no [backend.stadf]; did you mean 'staff'?",
      "t.conf:6: workers is '-1'; give a whole number from 0 to 1024",
      "t.conf:7: unknown section [x]; there are [server], [listen.NAME], [http], [login], [tokens], [log], "
      "[audit], [admin], [backend.ID], [organisation.ID]"}},
};

BOOST_AUTO_TEST_SUITE(mistakes_)

BOOST_DATA_TEST_CASE(each_has_its_line_and_says_what_was_meant, boost::unit_test::data::make(table), sample)
{
    auto const found = configured{std::string{sample.text} + '\n'}.mistakes();
    BOOST_TEST(found == sample.expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_line_of_4096_bytes_is_taken_and_a_longer_one_refused)
{
    auto const comment = [](std::size_t bytes) { return '#' + std::string(bytes - 1, 'x') + '\n'; };
    BOOST_TEST(configured{comment(4096)}.mistakes() == lines{}, boost::test_tools::per_element());
    BOOST_TEST(configured{comment(4097)}.mistakes() == lines{"t.conf:1: the line is longer than 4096 bytes"},
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_long_value_is_not_repeated_whole)
{
    auto const found = configured{"[server]\nworkers = " + std::string(500, 'x') + '\n'}.mistakes();
    BOOST_TEST_REQUIRE(found.size() == 1U);
    BOOST_TEST(found[0] ==
               "t.conf:2: workers is '" + std::string(60, 'x') + "...'; give a whole number from 0 to 1024");
}

BOOST_AUTO_TEST_CASE(a_long_value_is_cut_between_two_characters)
{
    auto const found = configured{"[server]\nworkers = " + std::string(59, 'x') + "\xc3\xa9 and more\n"}.mistakes();
    BOOST_TEST_REQUIRE(found.size() == 1U);
    BOOST_TEST(found[0] ==
               "t.conf:2: workers is '" + std::string(59, 'x') + "...'; give a whole number from 0 to 1024");
}

BOOST_AUTO_TEST_CASE(a_line_that_is_no_setting_is_not_repeated)
{
    auto const found = configured{"[backend.b]\nplugin = file\npassword hunter2\n"}.mistakes();
    BOOST_TEST(found == lines{"t.conf:3: neither 'key = value' nor a [section]"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_file_that_is_not_there_is_named)
{
    configured const c{""};
    std::filesystem::remove(c.file());
    BOOST_TEST(c.mistakes() == lines{"t.conf: cannot be read: No such file or directory"},
               boost::test_tools::per_element());
    std::filesystem::create_directory(c.file());
    BOOST_TEST(c.mistakes() == lines{"t.conf: cannot be read: Is a directory"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_file_over_1_mib_is_no_configuration)
{
    auto const found = configured{std::string(1024 * 1024 + 1, '\n')}.mistakes();
    BOOST_TEST(found == lines{"t.conf: larger than 1 MiB; this is no configuration file"},
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(lines_may_end_as_in_windows)
{
    BOOST_TEST(configured{"[server]\r\nworkers = 3\r\n"}.load().server.workers == 3U);
}

BOOST_AUTO_TEST_CASE(a_mistake_in_conf_d_names_its_file_and_comes_after_those_of_the_file)
{
    configured c{"[server]\nworkers = x\n"};
    c.add("b.conf", "[server]\nworkers = y\n");
    c.add("a.conf", "workers = 1\n");
    BOOST_TEST(c.mistakes({"--server.workers=z"}) ==
                   (lines{"t.conf:2: workers is 'x'; give a whole number from 0 to 1024",
                          "conf.d/a.conf:1: stands before the first section; begin with a line such as [server]",
                          "conf.d/b.conf:2: workers is 'y'; give a whole number from 0 to 1024",
                          "--server.workers: workers is 'z'; give a whole number from 0 to 1024"}),
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(what_a_plugin_finds_stands_among_the_others_by_line)
{
    configured const c{"[backend.b]\nplugin = file\nusers = nowhere\n[server]\nworkers = x\n"};
    auto const check = [](configuration const&, backend_options const& b, std::vector<std::string>& errors) {
        errors.push_back(b.where + ": 'key' is missing");
        errors.push_back(b.settings.at(0).where + ": nowhere cannot be read");
        errors.push_back("no place named");
    };
    BOOST_TEST(c.mistakes({}, check) ==
                   (lines{"t.conf:1: 'key' is missing", "t.conf:1: no place named", "t.conf:3: nowhere cannot be read",
                          "t.conf:5: workers is 'x'; give a whole number from 0 to 1024"}),
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_file_that_was_cut_in_its_last_line_is_refused)
{
    std::string const cut = "the last line has no newline at its end, so the file may have been cut; complete the line";
    configured c{"[server]\nworkers = 1"};  // the number is cut: it was 16
    c.add("a.conf", "# cut");
    BOOST_TEST(c.mistakes() == (lines{"t.conf:2: " + cut, "conf.d/a.conf:1: " + cut}),
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(files_that_others_could_change_are_refused_unless_that_is_allowed_elsewhere)
{
    configured c{"[server]\nallow-loose-modes = yes\n"};
    c.add("a.conf", "[server]\nworkers = 1\n");
    auto const loose = [](std::filesystem::path const& file, std::string const& mode) {
        return file.string() + ": mode " + mode + ", writable by others than its owner; chmod go-w " + file.string();
    };
    auto const folder = c.folder() / "conf.d";
    auto const part = folder / "a.conf";

    ::chmod(part.c_str(), 0666);
    BOOST_TEST(c.load().warnings == std::vector<std::string>{part.string() + ": " + loose(part, "0666")},
               boost::test_tools::per_element());
    BOOST_TEST(c.load().allow_loose_modes);
    BOOST_TEST(c.mistakes({"--server.allow-loose-modes=no"}) == lines{"conf.d/a.conf: " + loose(part, "0666")},
               boost::test_tools::per_element());
    ::chmod(part.c_str(), 0600);

    ::chmod(c.file().c_str(), 0664);  // so its own value does not count
    BOOST_TEST(c.mistakes() == lines{"t.conf: " + loose(c.file(), "0664")}, boost::test_tools::per_element());
    BOOST_TEST(c.load({"--server.allow-loose-modes=yes"}).warnings.size() == 1U);
    ::chmod(c.file().c_str(), 0600);
    BOOST_TEST(c.load().warnings.empty());

    std::filesystem::remove(part);
    ::chmod(folder.c_str(), 0777);  // anybody could add a file
    BOOST_TEST(c.mistakes({"--server.allow-loose-modes=no"}) == lines{"conf.d: " + loose(folder, "0777")},
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace tokend::test

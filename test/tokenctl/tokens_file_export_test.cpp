#include "support/temporary_folder.hpp"
#include "tokenctl/run.hpp"
#include "tokenctl/stored_sessions.hpp"

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

#include <fcntl.h>

#include <fstream>
#include <map>
#include <sstream>
#include <string>

using namespace tokend;
using namespace tokend::test;

namespace {

finished exported(std::filesystem::path const& file) { return run({"tokens-file", "export", file.string()}, ""); }

// The lines by their accessors.
std::map<std::string, boost::json::object> rows_of(std::string const& output)
{
    std::map<std::string, boost::json::object> rows;
    std::istringstream lines{output};
    for (std::string line; std::getline(lines, line);)
    {
        auto const row = boost::json::parse(line).as_object();
        BOOST_TEST(rows.emplace(row.at("accessor").as_string(), row).second);
    }
    return rows;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(tokens_file_export_)

BOOST_AUTO_TEST_CASE(each_live_session_is_a_line_while_tokend_has_the_file_and_afterwards)
{
    stored_sessions file;
    auto const got = exported(file.path());
    BOOST_TEST(got.code == 0, got.errors);
    BOOST_TEST(got.errors == "");
    auto const rows = rows_of(got.output);
    BOOST_TEST(rows.size() == 5U);
    boost::json::object const first{{"accessor", "AQAAAAAAAAAAAAAAAAAAAA"},
                                    {"organisation", "ACME"},
                                    {"username", "u"},
                                    {"unit", nullptr},
                                    {"backend", "staff"},
                                    {"client_address", "192.0.2.7"},
                                    {"issued_at", "1970-01-01T00:00:01Z"},
                                    {"expires_at", "2096-10-02T07:06:40Z"}};
    BOOST_TEST(rows.at("AQAAAAAAAAAAAAAAAAAAAA") == first);
    BOOST_TEST(rows.at("AwAAAAAAAAAAAAAAAAAAAA").at("organisation") == "CRM DEMO");
    BOOST_TEST(rows.contains("BwAAAAAAAAAAAAAAAAAAAA"));   // it was used, and ends later
    BOOST_TEST(!rows.contains("BQAAAAAAAAAAAAAAAAAAAA"));  // it was released
    BOOST_TEST(!rows.contains("BgAAAAAAAAAAAAAAAAAAAA"));  // it has expired
    file.die();
    BOOST_TEST(exported(file.path()).output == got.output);
}

BOOST_AUTO_TEST_CASE(damage_is_counted_after_the_sessions_that_can_be_read)
{
    stored_sessions file;
    file.lose_a_user();
    auto const got = exported(file.path());
    BOOST_TEST(got.code == 65);
    BOOST_TEST(rows_of(got.output).size() == 5U);
    BOOST_TEST(got.errors ==
               "tokenctl: " + file.path().string() + ": damaged entries: 1; the sessions that they held are missing\n");
}

BOOST_AUTO_TEST_CASE(what_is_no_tokens_file_is_refused)
{
    temporary_folder const folder;
    auto const letter = folder.write("letter", "Dear all");
    auto const got = exported(letter);
    BOOST_TEST(got.code == 65);
    BOOST_TEST(got.errors == "tokenctl: tokens file " + letter.string() + " is not a tokens file\n");
    auto const missing = exported("/none/tokens");
    BOOST_TEST(missing.code == 73);
    BOOST_TEST(missing.errors.find("/none/tokens") != std::string::npos);
    BOOST_TEST(missing.output == "");
}

BOOST_AUTO_TEST_CASE(a_full_disk_is_no_success)
{
    stored_sessions const file;
    plugin::descriptor const full{::open("/dev/full", O_WRONLY | O_CLOEXEC)};
    BOOST_TEST((tokend::test::tokenctl{{"tokens-file", "export", file.path().string()}, 0, full.get(), 2}.wait()) ==
               73);
}

BOOST_AUTO_TEST_SUITE_END()

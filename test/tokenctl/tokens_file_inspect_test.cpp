#include "support/temporary_folder.hpp"
#include "tokenctl/run.hpp"
#include "tokenctl/stored_sessions.hpp"

#include <boost/test/unit_test.hpp>

using namespace tokend;
using namespace tokend::test;

namespace {

struct example : stored_sessions
{
    example() { lose_a_user(); }
    std::string inspect() const
    {
        auto const done = run({"tokens-file", "inspect", path().string()}, "");
        BOOST_TEST(done.code == 0);
        BOOST_TEST(done.errors == "");
        return done.output;
    }
};

bool has(std::string const& text, std::string const& line) { return text.find(line + '\n') != std::string::npos; }

void check_counts(std::string const& told)
{
    BOOST_TEST(has(told, "capacity 100"));
    BOOST_TEST(has(told, "live 5"));
    BOOST_TEST(has(told, "expired 1"));
    BOOST_TEST(has(told, "damaged 1"));
    BOOST_TEST(has(told, "organisation ACME 3"));
    BOOST_TEST(has(told, "organisation CRM DEMO 2"));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(tokens_file_inspect_)

BOOST_AUTO_TEST_CASE(a_file_is_told_while_tokend_has_it_and_afterwards)
{
    example file;
    check_counts(file.inspect());
    file.die();
    auto const told = file.inspect();
    check_counts(told);
    BOOST_TEST(has(told, "unfinished 0"));
    BOOST_TEST(has(told, "last issue or use 1970-01-01T00:00:01Z"));
}

BOOST_AUTO_TEST_CASE(what_stands_in_the_snapshot_and_in_the_log_counts_once)
{
    example file;
    journal::snapshot next{file.kept(), 100, journal::snapshot::old_file::sound};
    auto const bytes = stored_sessions::encoded("NEW");
    next.add({.kind = entry_kind::record, .serial = 7, .bytes = bytes});
    next.add({.kind = entry_kind::issue, .a = 50, .issued = 1, .expires = 4'000'000'000, .serial = 7});
    file.append({.kind = entry_kind::issue, .a = 50, .issued = 1, .expires = 4'000'000'000, .serial = 7});
    BOOST_TEST(has(file.inspect(), "live 5"));  // the copy is incomplete
    next.finish();
    auto const told = file.inspect();
    BOOST_TEST(has(told, "live 1"));
    BOOST_TEST(has(told, "organisation NEW 1"));
}

BOOST_AUTO_TEST_CASE(what_is_no_tokens_file_is_said_to_be_none)
{
    temporary_folder const folder;
    auto const path = folder.write("letter", "Dear all").string();
    auto const done = run({"tokens-file", "inspect", path}, "");
    BOOST_TEST(done.code == 65);
    BOOST_TEST(done.errors == "tokenctl: tokens file " + path + " is not a tokens file\n");
    BOOST_TEST(run({"tokens-file", "inspect", path + ".none"}, "").code == 73);
    BOOST_TEST(run({"tokens-file", "inspect"}, "").code == 64);
}

BOOST_AUTO_TEST_SUITE_END()

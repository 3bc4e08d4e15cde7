#include "audit/audit_journal.hpp"

#include "support/datagram_socket.hpp"
#include "support/temporary_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <memory>
#include <string>
#include <vector>

using namespace tokend;
using test::datagram_socket;
using test::temporary_folder;

namespace {

using lines = std::vector<std::string>;

std::string line_of(std::string const& user)
{
    return R"({"ts":"2026-11-24T12:00:00.007Z","event":"issue","code":"OK","user":")" + user +
           R"(","reason":"","us":17})"
           "\n";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(audit_journal_)

BOOST_AUTO_TEST_CASE(an_entry_has_the_line_itself_and_a_field_for_each_member)
{
    temporary_folder const folder;
    datagram_socket const journald{folder / "socket"};
    audit_journal journal{journald.path()};
    BOOST_TEST(journal.write(lines{line_of("a b"), line_of("bob")}).lines == 2U);
    BOOST_TEST(journald.receive() ==
               "MESSAGE={\"ts\":\"2026-11-24T12:00:00.007Z\",\"event\":\"issue\",\"code\":\"OK\",\"user\":\"a b\","
               "\"reason\":\"\",\"us\":17}\n"
               "PRIORITY=6\nSYSLOG_IDENTIFIER=tokend-audit\nSYSLOG_FACILITY=10\n"
               "TOKEND_EVENT=issue\nTOKEND_CODE=OK\nTOKEND_USER=a b\nTOKEND_US=17\n");
    BOOST_TEST(journald.receive().find("TOKEND_USER=bob\n") != std::string::npos);
    BOOST_TEST(journald.receive() == "");
}

BOOST_AUTO_TEST_CASE(a_line_that_is_too_long_for_a_datagram_comes_whole)
{
    temporary_folder const folder;
    datagram_socket const journald{folder / "socket"};
    audit_journal journal{journald.path()};
    std::string const user(1 << 20, 'x');
    BOOST_TEST(journal.write(lines{line_of(user)}).lines == 1U);
    BOOST_TEST(journald.receive().find("TOKEND_USER=" + user + '\n') != std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_the_journal_does_not_take_is_not_written)
{
    temporary_folder const folder;
    audit_journal journal{(folder / "socket").string()};
    auto const none = journal.write(lines{line_of("a"), line_of("b")});
    BOOST_TEST(none.lines == 0U);
    BOOST_TEST(none.trouble == "the journal does not take it");
    datagram_socket const journald{folder / "socket"};  // it is there again
    BOOST_TEST(journal.write(lines{line_of("c")}).lines == 1U);
    BOOST_TEST(journald.receive().find("TOKEND_USER=c\n") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

#include "base/journald_sink.hpp"

#include "base/log.hpp"
#include "support/datagram_socket.hpp"
#include "support/temporary_folder.hpp"
#include "support/written_log.hpp"

#include <boost/test/unit_test.hpp>

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

using namespace tokend;
using namespace std::string_view_literals;
using test::datagram_socket;
using test::temporary_folder;
using test::written_log;

namespace {

std::string fields(log_level level, std::string_view event, std::initializer_list<log_field> with = {})
{
    return journald_fields(format_line(log_format::journal, {}, level, event, with));
}

// Reads an entry as the journal does. Returns its fields as NAME=VALUE.
std::vector<std::string> read(std::string_view entry)
{
    std::vector<std::string> found;
    while (!entry.empty())
    {
        auto const end = entry.find_first_of("=\n");
        BOOST_TEST_REQUIRE(end != entry.npos);
        std::string field{entry.substr(0, end)};
        bool const has_length = entry[end] == '\n';
        entry.remove_prefix(end + 1);
        std::size_t size = has_length ? 0 : entry.find('\n');
        if (has_length)
        {
            for (std::size_t i = 8; i-- > 0;)
                size = size << 8 | static_cast<unsigned char>(entry.at(i));
            entry.remove_prefix(8);
        }
        BOOST_TEST_REQUIRE(entry.at(size) == '\n');
        found.push_back(field.append(1, '=').append(entry.substr(0, size)));
        entry.remove_prefix(size + 1);
    }
    return found;
}

bool has(std::string_view entry, std::string_view field)
{
    auto const all = read(entry);
    return std::find(all.begin(), all.end(), field) != all.end();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(journald_sink_)

BOOST_AUTO_TEST_CASE(each_field_of_a_line_is_a_field_of_the_entry)
{
    auto const entry = fields(log_level::warning, "issue",
                              {{"organisation", "ACME"}, {"us", std::int64_t{17}}, {"request_id", "a b"}, {"who", ""}});
    BOOST_TEST(entry == "MESSAGE=issue organisation=ACME us=17 request_id=\"a b\"\n"
                        "PRIORITY=4\n"
                        "SYSLOG_IDENTIFIER=tokend\n"
                        "TOKEND_EVENT=issue\n"
                        "TOKEND_ORGANISATION=ACME\n"
                        "TOKEND_US=17\n"
                        "TOKEND_REQUEST_ID=a b\n");
}

BOOST_AUTO_TEST_CASE(each_level_has_its_priority)
{
    BOOST_TEST(has(fields(log_level::error, "e"), "PRIORITY=3"));
    BOOST_TEST(has(fields(log_level::warning, "e"), "PRIORITY=4"));
    BOOST_TEST(has(fields(log_level::info, "e"), "PRIORITY=6"));
    BOOST_TEST(has(fields(log_level::debug, "e"), "PRIORITY=7"));
}

BOOST_AUTO_TEST_CASE(a_value_with_a_newline_cannot_add_a_field)
{
    auto const entry = fields(log_level::info, "event", {{"who", "x\nPRIORITY=0"}});
    BOOST_TEST(!has(entry, "PRIORITY=0"));
    BOOST_TEST(has(entry, "TOKEND_WHO=x\nPRIORITY=0"));
    BOOST_TEST(entry.find("TOKEND_WHO\n\x0c\0\0\0\0\0\0\0x\nPRIORITY=0\n"sv) != entry.npos);
    BOOST_TEST(entry.starts_with("MESSAGE=event who=\"x\\nPRIORITY=0\"\n"));
}

BOOST_AUTO_TEST_CASE(a_name_becomes_one_that_the_journal_accepts)
{
    BOOST_TEST(has(fields(log_level::info, "event", {{"a-b.c9", "v"}}), "TOKEND_A_B_C9=v"));
    auto const longest = "TOKEND_" + std::string(57, 'N') + "=v";
    BOOST_TEST(has(fields(log_level::info, "event", {{std::string(100, 'n'), "v"}}), longest));
}

BOOST_AUTO_TEST_CASE(the_logger_sends_its_lines_to_the_journal)
{
    temporary_folder const folder;
    datagram_socket const journal{folder / "socket"};
    written_log const out;
    {
        tokend::clock const now;
        logger log{now, {.format = log_format::journal, .descriptor = out.descriptor(), .journal = journal.path()}};
        log.info("ready", {{"workers", std::int64_t{2}}});
        log.error("second");
    }
    BOOST_TEST(has(journal.receive(), "TOKEND_WORKERS=2"));
    BOOST_TEST(has(journal.receive(), "MESSAGE=second"));
    BOOST_TEST(out.text().empty());
}

BOOST_AUTO_TEST_CASE(an_entry_that_no_datagram_can_hold_is_sent_as_a_sealed_file)
{
    temporary_folder const folder;
    datagram_socket const journal{folder / "socket"};
    auto const entry = fields(log_level::info, "event", {{"reason", std::string(2'000'000, 'r')}});
    journald_sink const sink{journal.path()};
    BOOST_TEST(sink.send(entry));
    BOOST_TEST((journal.receive() == entry));
}

BOOST_AUTO_TEST_CASE(what_the_journal_does_not_take_goes_to_the_descriptor_as_json)
{
    temporary_folder const folder;
    written_log const out;
    auto const nowhere = (folder / "socket").string();
    {
        tokend::clock const now;
        logger log{now, {.format = log_format::journal, .descriptor = out.descriptor(), .journal = nowhere}};
        log.info("ready", {{"workers", std::int64_t{2}}});
    }
    BOOST_TEST(out.text().starts_with(R"({"ts":")"), out.text());
    BOOST_TEST(out.text().ends_with("\"msg\":\"ready\",\"workers\":2}\n"), out.text());
}

BOOST_AUTO_TEST_CASE(standard_error_is_the_journal_if_the_variable_names_its_file)
{
    struct stat s
    {};
    BOOST_REQUIRE(::fstat(STDERR_FILENO, &s) == 0);
    ::setenv("JOURNAL_STREAM", (std::to_string(s.st_dev) + ':' + std::to_string(s.st_ino)).c_str(), 1);
    BOOST_TEST(standard_error_is_journal());
    ::setenv("JOURNAL_STREAM", (std::to_string(s.st_dev) + ':' + std::to_string(s.st_ino + 1)).c_str(), 1);
    BOOST_TEST(!standard_error_is_journal());
    ::unsetenv("JOURNAL_STREAM");
    BOOST_TEST(!standard_error_is_journal());
}

BOOST_AUTO_TEST_SUITE_END()

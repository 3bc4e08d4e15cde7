#include "common/record.hpp"

#include "common/file_error.hpp"
#include "plugins/expect.hpp"

#include <array>

using namespace tokend::plugin;
using namespace tokend::test;

namespace {

constexpr std::array<std::string_view, 3> names{"name", "list", "rest"};
std::string const file = "some/file";

std::vector<record> read(std::string_view text) { return read_records(text, file, names); }

void expect_refusal(std::string const& text, std::string const& error)
{
    expect_error<file_error>([&] { read(text.ends_with('\n') ? text : text + '\n'); }, "some/file:" + error);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(record_)

BOOST_AUTO_TEST_CASE(comments_and_blank_lines_count_as_lines_but_are_no_records)
{
    std::string const text = "# a\tcomment: here\n\n  \t\na:b\n#\nc\n";
    auto const records = read(text);
    BOOST_REQUIRE(records.size() == 2U);
    BOOST_TEST(records[0].line() == 4U);
    BOOST_TEST(records[0][0] == "a");
    BOOST_TEST(records[0][1] == "b");
    BOOST_TEST(records[1].line() == 6U);
    BOOST_TEST(records[1][0] == "c");
    BOOST_TEST(read("").empty());
    BOOST_TEST(read("\n").empty());
}

BOOST_AUTO_TEST_CASE(trailing_columns_may_be_absent_and_are_empty_then)
{
    std::string const text = "a:\n:b:\n";
    auto const records = read(text);
    BOOST_TEST(records[0][1] == "");
    BOOST_TEST(records[0][2] == "");
    BOOST_TEST(records[1][0] == "");
    BOOST_TEST(records[1][1] == "b");
}

BOOST_AUTO_TEST_CASE(items_stand_between_commas)
{
    std::string const text = "a:one,two words,three\nb\n";
    auto const records = read(text);
    BOOST_TEST(records[0].items(1) == (std::vector<std::string>{"one", "two words", "three"}),
               boost::test_tools::per_element());
    BOOST_TEST(records[1].items(1).empty());
}

BOOST_AUTO_TEST_CASE(a_bad_list_is_refused)
{
    auto const items = [](std::string text) { return [text] { read(text + '\n')[0].items(1); }; };
    for (auto const* text : {"a:,", "a:b,", "a:,b", "a:b,,c", "a:b, c", "a:b ,c"})
        expect_error<file_error>(
            items(text), "some/file:1: list: an empty item or a blank beside a comma, a list like 'one,two' was "
                         "meant");
    expect_error<file_error>(items("a:b,c,b"), "some/file:1: list: 'b' is there twice");
}

BOOST_AUTO_TEST_CASE(every_bad_line_is_named)
{
    expect_refusal("a\nb:c:d:e", "2: 4 columns, at most 3 were meant: name:list:rest");
    expect_refusal(" a:b", "1: name: a blank at its start or end");
    expect_refusal("a:b\t", "1: a control character");
    expect_refusal("a:b ", "1: list: a blank at its start or end");
    expect_refusal("a\nb\x01", "2: a control character");
    expect_refusal("a\x7f", "1: a control character");
    expect_refusal(std::string{"a\0b", 3}, "1: a control character");
    expect_refusal("#a\x1b[31m", "1: a control character");
    expect_refusal("a:b\r\n", "1: a line that ends with CR LF, LF alone was meant");
    expect_refusal("\xef\xbb\xbf"
                   "a:b",
                   "1: a byte order mark, UTF-8 without one was meant");
    expect_refusal("a\n\nb\xff", "3: bytes that are no UTF-8");
    expect_refusal("# caf\xe9", "1: bytes that are no UTF-8");
    expect_refusal(std::string(8193, 'a'), "1: a line of 8193 bytes, at most 8192 are read");
    auto const longest = std::string(8192, 'a') + '\n';
    BOOST_TEST(read(longest).size() == 1U);
}

BOOST_AUTO_TEST_SUITE_END()

#include "base/log.hpp"

#include "support/count.hpp"
#include "support/written_log.hpp"

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <string>
#include <thread>
#include <utility>

using namespace tokend;
using test::written_log;
using tokend::test::count;

namespace {

// A full pipe without a reader.
class full_pipe
{
public:
    full_pipe()
    {
        BOOST_REQUIRE(::pipe2(ends_.data(), O_NONBLOCK) == 0);
        std::array<char, 4096> bytes{};
        while (::write(ends_[1], bytes.data(), bytes.size()) > 0)
            ;
        ::fcntl(ends_[0], F_SETFL, 0);
        ::fcntl(ends_[1], F_SETFL, 0);
    }
    // Leaves the writer's end open: a thread that the logger has given up may still write to it.
    ~full_pipe()
    {
        ::close(ends_[0]);  // a writer that waits for room gets an error
    }
    int writer() const { return ends_[1]; }
    void close_writer()
    {
        if (int const end = std::exchange(ends_[1], -1); end >= 0)
            ::close(end);
    }
    // Reads to the end. Returns what was written after the bytes that filled the pipe.
    std::string read_all()
    {
        std::string text;
        std::array<char, 4096> bytes{};
        for (ssize_t n = 0; (n = ::read(ends_[0], bytes.data(), bytes.size())) > 0;)
            text.append(bytes.data(), static_cast<std::size_t>(n));
        return text.substr(std::min(text.find_first_not_of('\0'), text.size()));
    }

private:
    std::array<int, 2> ends_{};
};

}  // namespace

BOOST_AUTO_TEST_SUITE(log_)

BOOST_AUTO_TEST_CASE(whatever_a_value_holds_a_line_stays_one_line)
{
    std::string const hostile = "a\"b\nc\\ \x01 =";
    auto const json =
        format_line(log_format::json, {}, log_level::info, "event", {{"who", hostile}, {"n", std::int64_t{7}}});
    auto const parsed = boost::json::parse(json).as_object();
    BOOST_TEST((parsed.at("who").as_string() == hostile.c_str()));
    BOOST_TEST(parsed.at("n").as_int64() == 7);
    auto const text = format_line(log_format::text, {}, log_level::info, "event", {{"who", hostile}});
    BOOST_TEST(text.find('\n') == text.npos);
    BOOST_TEST(text.find('\x01') == text.npos);
}

BOOST_AUTO_TEST_CASE(lines_below_the_level_are_not_written_and_the_others_are_at_destruction)
{
    std::array<int, 2> pipe{};
    BOOST_REQUIRE(::pipe(pipe.data()) == 0);
    {
        tokend::clock const now;
        logger log{now, log_options{.level = log_level::warning, .descriptor = pipe[1]}};
        log.info("quiet");
        log.error("loud");
    }
    ::close(pipe[1]);
    std::array<char, 512> bytes{};
    auto const size = ::read(pipe[0], bytes.data(), bytes.size());
    ::close(pipe[0]);
    std::string const written{bytes.data(), static_cast<std::size_t>(std::max<ssize_t>(size, 0))};
    BOOST_TEST(written.find("loud") != written.npos);
    BOOST_TEST(written.find("quiet") == written.npos);
}

BOOST_AUTO_TEST_CASE(marks_that_hide_what_a_line_says_are_escaped_and_json_stays_valid)
{
    std::string const hostile = "a\xc2\x9b"
                                "31m\xe2\x80\xaegnp\xff\x80 \xe2\x80\xa8";
    auto const json = format_line(log_format::json, {}, log_level::info, hostile, {{"who", hostile}});
    boost::system::error_code invalid;
    auto const parsed = boost::json::parse(json, invalid);
    BOOST_TEST_REQUIRE(!invalid, json);
    BOOST_TEST((parsed.at("who").as_string() == "a\xc2\x9b"
                                                "31m\xe2\x80\xaegnp\xef\xbf\xbd\xef\xbf\xbd \xe2\x80\xa8"));
    for (auto const format : {log_format::json, log_format::text})
    {
        auto const line = format_line(format, {}, log_level::info, hostile, {{"who", hostile}});
        BOOST_TEST(count(line, R"(a\u009b31m\u202egnp\ufffd\ufffd \u2028)") == 2U, line);
        for (auto const* const raw : {"\xc2\x9b", "\xe2\x80\xae", "\xff", "\xe2\x80\xa8"})
            BOOST_TEST(count(line, raw) == 0U, line);
    }
}

BOOST_AUTO_TEST_CASE(names_in_any_language_stay_as_they_are)
{
    auto const line = format_line(log_format::text, {}, log_level::info, "issue", {{"who", "Z\xc3\xbcrich:\xd7\x90"}});
    BOOST_TEST(line.ends_with(" who=Z\xc3\xbcrich:\xd7\x90"), line);
}

// The queue holds 100 lines. Nobody reads, so the logger's thread empties the queue at most once, at an unknown time.
BOOST_AUTO_TEST_CASE(lines_without_number_leave_room_for_the_others)
{
    full_pipe slow;
    std::string text;
    std::thread reader;
    {
        tokend::clock const now;
        logger log{now, log_options{.level = log_level::debug, .queue = 100, .descriptor = slow.writer()}};
        log.info("first");
        for (int i = 0; i < 1000; ++i)
            log.debug("noise");
        for (int i = 0; i < 1000; ++i)
            log.write(log_level::info, "refused", {}, log_room::most);
        for (int i = 0; i < 20; ++i)
            log.info("granted");
        reader = std::thread{[&] { text = slow.read_all(); }};
    }
    slow.close_writer();
    reader.join();
    BOOST_TEST(count(text, " granted") == 20U);
    BOOST_TEST(count(text, " refused") >= 24U);
    BOOST_TEST(count(text, " refused") <= 150U);
    BOOST_TEST(count(text, " noise") <= 101U);
    BOOST_TEST(count(text, "log lines dropped count=") >= 1U);
    BOOST_TEST(count(text, "log lines dropped count=") <= 2U);
}

BOOST_AUTO_TEST_CASE(what_strangers_cause_without_end_is_one_line_of_its_kind_and_a_count)
{
    written_log out;
    {
        tokend::clock const now;
        logger log{now, log_options{.descriptor = out.descriptor()}};
        for (int i = 0; i < 1000; ++i)
            log.count(log_level::info, "issue", "MALFORMED_REQUEST", {{"number", std::int64_t{i}}});
        log.count(log_level::info, "issue", "NOT_FOUND", {{"number", std::int64_t{7}}});
    }
    auto const text = out.text();
    BOOST_TEST(count(text, " issue number=0\n") == 1U, text);
    BOOST_TEST(count(text, " issue number=7\n") == 1U, text);
    BOOST_TEST(count(text, " issue number=999 count=") == 1U, text);
    BOOST_TEST(text.size() < 1000U, text);  // a machine that pauses for a second adds a line or two
}

BOOST_AUTO_TEST_CASE(a_count_is_written_a_second_later_though_nothing_else_is)
{
    written_log out;
    tokend::clock const now;
    logger log{now, log_options{.descriptor = out.descriptor()}};
    for (int i = 0; i < 3; ++i)
        log.count(log_level::info, "issue", "MALFORMED_REQUEST", {});
    while (count(out.text(), "count=") == 0)  // the test's time limit ends it if this never comes
        std::this_thread::sleep_for(std::chrono::milliseconds{20});
    log.count(log_level::info, "issue", "MALFORMED_REQUEST", {});
    log.flush();
    BOOST_TEST(count(out.text(), "count=") >= 1U);
}

BOOST_AUTO_TEST_CASE(a_reader_that_stands_still_does_not_hold_up_the_end)
{
    full_pipe const unread;
    tokend::clock const now;
    logger log{now, log_options{.descriptor = unread.writer(), .patience = std::chrono::milliseconds{10}}};
    log.info("nobody reads this");
}  // the test's time limit ends it if the destructor waits for the reader

BOOST_AUTO_TEST_SUITE_END()

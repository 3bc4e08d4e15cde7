#include "base/log.hpp"

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

#include <unistd.h>

#include <array>
#include <string>

using namespace tokend;

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

BOOST_AUTO_TEST_SUITE_END()

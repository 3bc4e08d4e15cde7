#include "http/framing.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <string>
#include <tuple>
#include <vector>

namespace tokend {
static std::ostream& operator<<(std::ostream& out, http_fault f) { return out << static_cast<int>(f); }
}  // namespace tokend

namespace {

using namespace tokend;
using namespace std::string_literals;

http_fault scan_whole(std::string const& header, message_limits const& limits = {})
{
    header_scanner scanner;
    return scanner.scan(header, limits);
}

http_fault scan_bytewise(std::string const& header, message_limits const& limits = {})
{
    header_scanner scanner;
    auto fault = http_fault::none;
    for (std::size_t n = 1; n <= header.size() && fault == http_fault::none && !scanner.done(); ++n)
        fault = scanner.scan(std::string_view{header}.substr(0, n), limits);
    return fault;
}

using line_case = std::tuple<std::string, http_fault>;

}  // namespace

BOOST_AUTO_TEST_SUITE(framing_)

BOOST_AUTO_TEST_CASE(a_request_line_has_a_token_a_target_and_a_version)
{
    std::vector<line_case> const lines{
        {"GET / HTTP/1.1", http_fault::none},
        {"get / HTTP/1.0", http_fault::none},
        {"M-SEARCH * HTTP/1.1", http_fault::none},
        {"GET / HTTP/2.0", http_fault::version_not_supported},
        {"GET / HTTP/0.9", http_fault::version_not_supported},
        {"GET / HTTP/1.2", http_fault::version_not_supported},
        {"GET / HTTP/1.11", http_fault::malformed},
        {"GET / http/1.1", http_fault::malformed},
        {"GET /", http_fault::malformed},
        {"GET  / HTTP/1.1", http_fault::malformed},
        {"GET / HTTP/1.1 ", http_fault::malformed},
        {" GET / HTTP/1.1", http_fault::malformed},
        {"G(T / HTTP/1.1", http_fault::malformed},
        {"GET /\xc3\xa4 HTTP/1.1", http_fault::malformed},
        {"GET\t/ HTTP/1.1", http_fault::malformed},
        {"", http_fault::malformed},
    };
    for (auto const& [line, expected] : lines)
        BOOST_TEST(check_request_line(line) == expected, line);
}

BOOST_AUTO_TEST_CASE(a_field_line_has_a_token_directly_before_its_colon_and_no_control_characters)
{
    std::vector<line_case> const lines{
        {"Host: a", http_fault::none},       {"X:", http_fault::none},
        {"X:\tb\tc ", http_fault::none},     {"X: \xff\xfe", http_fault::none},
        {"X : a", http_fault::malformed},    {" X: a", http_fault::malformed},
        {": a", http_fault::malformed},      {"no colon", http_fault::malformed},
        {"X: a\rb", http_fault::malformed},  {"X: a\x7f", http_fault::malformed},
        {"X: a\0b"s, http_fault::malformed}, {"X[]: a", http_fault::malformed},
    };
    for (auto const& [line, expected] : lines)
        BOOST_TEST(check_field_line(line) == expected, line);
}

BOOST_AUTO_TEST_CASE(a_host_is_a_name_or_an_address_with_an_optional_port)
{
    for (auto const* good : {"a", "a.example:80", "127.0.0.1:8080", "[::1]", "[::1]:80", "a:", "x%20y", "a_b"})
        BOOST_TEST(is_valid_host(good), good);
    for (auto const* bad :
         {"", ":80", "a b", "a:8x", "a,b@c", "[::1", "::1:80", "a/b", "user@a", "[]:1", "a%zz", "[g]"})
        BOOST_TEST(!is_valid_host(bad), bad);
}

BOOST_AUTO_TEST_CASE(a_header_section_is_judged_the_same_in_one_piece_and_byte_by_byte)
{
    std::vector<line_case> const sections{
        {"GET / HTTP/1.1\r\nHost: a\r\n\r\n", http_fault::none},
        {"GET / HTTP/1.1\nHost: a\r\n\r\n", http_fault::malformed},
        {"GET / HTTP/1.1\r\nHost: a\n\n", http_fault::malformed},
        {"GET / HTTP/1.1\r\nX: 1\r\n folded\r\n\r\n", http_fault::malformed},
        {"\r\n\r\n", http_fault::malformed},
        {"GET / HTTP/1.1\r\r\n", http_fault::malformed},
    };
    for (auto const& [section, expected] : sections)
    {
        BOOST_TEST(scan_whole(section) == expected, section);
        BOOST_TEST(scan_bytewise(section) == expected, section);
    }
}

BOOST_AUTO_TEST_CASE(an_unfinished_line_with_a_control_byte_is_not_waited_for)
{
    BOOST_TEST(scan_whole("GET / HTTP/1.1\0"s) == http_fault::malformed);
    BOOST_TEST(scan_whole("GET / HTTP/1.1\r") == http_fault::none);
}

BOOST_AUTO_TEST_CASE(the_header_section_may_have_exactly_its_limit_of_bytes_and_of_fields)
{
    message_limits limits;
    limits.header_bytes = 30;
    std::string const start = "GET / HTTP/1.1\r\nX: ";
    auto const section = [&](std::size_t bytes) {
        return start + std::string(bytes - start.size() - 4, 'x') + "\r\n\r\n";
    };
    BOOST_TEST(scan_whole(section(30), limits) == http_fault::none);
    BOOST_TEST(scan_bytewise(section(30), limits) == http_fault::none);
    BOOST_TEST(scan_whole(section(31), limits) == http_fault::headers_too_large);
    BOOST_TEST(scan_bytewise(section(31), limits) == http_fault::headers_too_large);

    message_limits two_fields;
    two_fields.header_fields = 2;
    BOOST_TEST(scan_whole("GET / HTTP/1.1\r\na:1\r\nb:2\r\n\r\n", two_fields) == http_fault::none);
    BOOST_TEST(scan_whole("GET / HTTP/1.1\r\na:1\r\nb:2\r\nc:3\r\n\r\n", two_fields) == http_fault::headers_too_large);
}

BOOST_AUTO_TEST_CASE(a_chunk_line_is_waited_for_or_refused)
{
    message_limits limits;
    limits.chunk_line_bytes = 8;
    auto const scan = [&](std::string const& s, bool after = false) { return scan_chunk_line(s, after, limits); };
    BOOST_TEST(scan("5\r\n").complete);
    BOOST_TEST(scan("5;a=bcde\r\n").complete);
    BOOST_TEST(scan("5;a=bcdef\r\n").fault == http_fault::malformed);
    BOOST_TEST(scan("5;a=bcdef").fault == http_fault::malformed);
    BOOST_TEST(!scan("5;a=bcde\r").complete);
    BOOST_TEST(scan("5;a=bcde\r").fault == http_fault::none);
    BOOST_TEST(scan("\r\n").fault == http_fault::malformed);
    BOOST_TEST(scan("x\r\n").fault == http_fault::malformed);
    BOOST_TEST(scan("5\n").fault == http_fault::malformed);
    BOOST_TEST(scan("5", true).fault == http_fault::malformed);
    BOOST_TEST(scan("\r", true).fault == http_fault::none);
    BOOST_TEST(scan("\r\n5\r\n", true).complete);
}

BOOST_AUTO_TEST_CASE(a_last_chunk_is_complete_with_its_trailers)
{
    message_limits limits;
    limits.trailer_bytes = 10;
    auto const scan = [&](std::string const& s) { return scan_chunk_line(s, false, limits); };
    BOOST_TEST(!scan("0\r\n").complete);
    BOOST_TEST(!scan("0\r\n\r").complete);
    BOOST_TEST(scan("0\r\n\r\n").complete);
    BOOST_TEST(scan("000\r\nX: abc\r\n\r\n").fault == http_fault::none);
    BOOST_TEST(scan("0\r\nX: abc\r\n\r\n").complete);
    BOOST_TEST(scan("0\r\nX: abcd\r\n\r\n").fault == http_fault::malformed);
    BOOST_TEST(scan("0\r\nX: abcdefg").fault == http_fault::malformed);
    BOOST_TEST(scan("0\r\nX: a\n\r\n").fault == http_fault::malformed);
    BOOST_TEST(scan("0\r\n a\r\n\r\n").fault == http_fault::malformed);
}

BOOST_AUTO_TEST_SUITE_END()

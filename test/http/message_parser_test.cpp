#include "http/message_parser.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace tokend {
static std::ostream& operator<<(std::ostream& out, http_fault f) { return out << static_cast<int>(f); }
}  // namespace tokend

namespace {

using namespace tokend;

// Feeds a message in pieces of `step` bytes, as a session does: headers stand still, body bytes are used up.
struct fed
{
    explicit fed(std::string const& bytes, std::size_t step = std::string::npos) : wire{bytes}
    {
        std::size_t end = 0;
        while (fault == http_fault::none && !parser.header_done() && end < wire.size())
        {
            end += std::min(step, wire.size() - end);
            fault = parser.read_header(std::string_view{wire}.substr(0, end));
        }
        if (!parser.header_done() || fault != http_fault::none)
            return;
        at = parser.header_size();
        end = std::max(end, at);
        for (;;)
        {
            if (!parser.done())
                at += parser.read_body(std::string_view{wire}.substr(at, end - at), fault);
            if (parser.done() || fault != http_fault::none || end == wire.size())
                return;
            end += std::min(step, wire.size() - end);
        }
    }

    message_limits limits;
    message_store store{limits};
    message_parser parser{limits, store};
    std::string wire;
    http_fault fault = http_fault::none;
    std::size_t at = 0;  // what of the wire is used up
};

bool is_done(std::string const& bytes, std::size_t step = std::string::npos)
{
    fed f{bytes, step};
    return f.fault == http_fault::none && f.parser.done();
}
http_fault fault_of(std::string const& bytes) { return fed{bytes}.fault; }

std::string request_with(std::string const& fields) { return "POST /x?a=b HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n"; }

}  // namespace

BOOST_AUTO_TEST_SUITE(message_parser_)

BOOST_AUTO_TEST_CASE(a_message_is_read_the_same_in_pieces_of_any_size)
{
    auto const chunked = request_with("Transfer-Encoding: chunked\r\nX-REQUEST-id:  z \r\n") +
                         "3;ext=\"q\"\r\nabc\r\n0a\r\n0123456789\r\n0\r\nTrailer: t\r\n\r\n";
    for (std::size_t const step : {1UL, 2UL, 3UL, 7UL, 1000UL})
    {
        fed f{chunked + "GET / HTTP/1.1\r\n", step};
        BOOST_TEST(f.fault == http_fault::none);
        BOOST_REQUIRE(f.parser.done());
        auto const& r = f.parser.request();
        BOOST_TEST(r.verb == "POST");
        BOOST_TEST(r.path == "/x");
        BOOST_TEST(r.query == "a=b");
        BOOST_TEST(r.field(header::x_request_id) == "z");
        BOOST_TEST(r.body == "abc0123456789");
        BOOST_TEST(r.fields.size() == 3U);
        BOOST_TEST(f.at == chunked.size());
    }
}

BOOST_AUTO_TEST_CASE(one_empty_line_before_a_request_is_ignored_and_two_are_not)
{
    BOOST_TEST(is_done("\r\n" + request_with("")));
    BOOST_TEST(is_done("\r\n" + request_with(""), 1));
    BOOST_TEST(fault_of("\r\n\r\n" + request_with("")) == http_fault::malformed);
}

BOOST_AUTO_TEST_CASE(what_frames_a_body_must_be_unambiguous)
{
    auto const fault = [](std::string const& fields) { return fed{request_with(fields) + "0\r\n\r\n"}.fault; };
    BOOST_TEST(fault("Content-Length: 5\r\n") == http_fault::none);
    BOOST_TEST(fault("Transfer-Encoding: CHUNKED\r\n") == http_fault::none);
    BOOST_TEST(fault("Content-Length: 5\r\nContent-Length: 5\r\n") == http_fault::malformed);
    BOOST_TEST(fault("Content-Length: 5, 5\r\n") == http_fault::malformed);
    BOOST_TEST(fault("Content-Length: +5\r\n") == http_fault::malformed);
    BOOST_TEST(fault("Content-Length:\r\n") == http_fault::malformed);
    BOOST_TEST(fault("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n") == http_fault::malformed);
    BOOST_TEST(fault("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n") == http_fault::malformed);
    BOOST_TEST(fault("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n") == http_fault::malformed);
    BOOST_TEST(fault("Transfer-Encoding: gzip, chunked\r\n") == http_fault::malformed);
    BOOST_TEST(fault("Transfer-Encoding: chunked;q=1\r\n") == http_fault::malformed);
    BOOST_TEST(fault("Transfer-Encoding:\r\n") == http_fault::malformed);
    BOOST_TEST(fault("Transfer-Encoding: gzip\r\n") == http_fault::not_implemented);
    BOOST_TEST(fault("Transfer-Encoding: xchunked\r\n") == http_fault::not_implemented);
    BOOST_TEST(fault_of("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n") == http_fault::malformed);
}

BOOST_AUTO_TEST_CASE(exactly_one_host_on_1_1_and_at_most_one_on_1_0)
{
    BOOST_TEST(fault_of("GET / HTTP/1.1\r\n\r\n") == http_fault::malformed);
    BOOST_TEST(fault_of("GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n") == http_fault::malformed);
    BOOST_TEST(fault_of("GET / HTTP/1.1\r\nHost: a b\r\n\r\n") == http_fault::malformed);
    BOOST_TEST(fault_of("GET / HTTP/1.0\r\n\r\n") == http_fault::none);
    BOOST_TEST(fault_of("GET / HTTP/1.0\r\nHost: a\r\nHost: a\r\n\r\n") == http_fault::malformed);
}

BOOST_AUTO_TEST_CASE(a_body_may_have_exactly_its_limit)
{
    std::string const limit(16384, 'x');
    BOOST_TEST(is_done(request_with("Transfer-Encoding: chunked\r\n") + "4000\r\n" + limit + "\r\n0\r\n\r\n"));
    BOOST_TEST(fault_of(request_with("Transfer-Encoding: chunked\r\n") + "4001\r\n") == http_fault::payload_too_large);
    BOOST_TEST(fault_of(request_with("Transfer-Encoding: chunked\r\n") + "4000\r\n" + limit +
                        "\r\n1\r\nx\r\n0\r\n\r\n") == http_fault::payload_too_large);
    BOOST_TEST(is_done(request_with("Content-Length: 16384\r\n") + limit));
    fed const declared{request_with("Content-Length: 16385\r\n")};
    BOOST_TEST(declared.parser.declared_length() == 16385U);
}

BOOST_AUTO_TEST_CASE(a_trailer_cannot_frame_anything)
{
    auto const chunked = request_with("Transfer-Encoding: chunked\r\n");
    BOOST_TEST(fault_of(chunked + "0\r\nContent-Length: 5\r\n\r\n") == http_fault::malformed);
    fed with_host{chunked + "0\r\nHost: b\r\n\r\n"};
    BOOST_TEST(with_host.parser.request().field(header::host) == "a");
}

BOOST_AUTO_TEST_CASE(fields_that_somebody_reads_are_known_in_any_case)
{
    std::vector<std::pair<std::string, header>> const fields{
        {"AUTHORIZATION", header::authorization},
        {"Content-encoding", header::content_encoding},
        {"content-LENGTH", header::content_length},
        {"Content-Type", header::content_type},
        {"cookie", header::cookie},
        {"eXpect", header::expect},
        {"Host", header::host},
        {"X-AUTH-token", header::x_auth_token},
        {"X-Forwarded-Uri", header::x_forwarded_uri},
        {"x-original-URI", header::x_original_uri},
        {"x-request-id", header::x_request_id},
        {"X-Request-Ids", header::other},
        {"Accept", header::accept},
        {"Accepts", header::other},
    };
    for (auto const& [name, known] : fields)
    {
        fed f{"GET / HTTP/1.0\r\n" + name + ": 1\r\n\r\n"};
        BOOST_TEST(f.parser.request().field(known) == "1", name);
    }
}

BOOST_AUTO_TEST_CASE(absolute_targets_are_split_and_others_are_paths_as_they_are)
{
    auto const path = [](std::string const& target) {
        return std::string{fed{"GET " + target + " HTTP/1.1\r\nHost: a\r\n\r\n"}.parser.request().path};
    };
    BOOST_TEST(path("http://h/healthz?x") == "/healthz");
    BOOST_TEST(path("HTTPS://h:1/a") == "/a");
    BOOST_TEST(path("http://h") == "");
    BOOST_TEST(path("*") == "*");
    BOOST_TEST(path("h:443") == "h:443");
    BOOST_TEST(path("/a/../b") == "/a/../b");
}

BOOST_AUTO_TEST_CASE(continue_is_expected_on_1_1_with_a_body_alone)
{
    auto const expects = [](std::string const& bytes) { return fed{bytes}.parser.expects_continue(); };
    BOOST_TEST(expects(request_with("Expect: 100-Continue\r\nContent-Length: 5\r\n")));
    BOOST_TEST(!expects(request_with("Expect: 100-continue\r\n")));
    BOOST_TEST(!expects("POST / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n"));
}

BOOST_AUTO_TEST_SUITE_END()

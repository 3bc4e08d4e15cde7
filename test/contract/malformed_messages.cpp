#include "contract/malformed_messages.hpp"

#include "contract/contract.hpp"

#include <string_view>

namespace tokend::test {

namespace {

using namespace std::literals;

std::string line(std::string_view request_line) { return std::string{request_line} + "\r\nHost: tokend\r\n\r\n"; }

std::string header(std::string_view bytes)
{
    return "GET /healthz HTTP/1.1\r\nHost: tokend\r\n" + std::string{bytes} + "\r\n\r\n";
}

std::string host(std::string_view value) { return "GET /healthz HTTP/1.1\r\nHost: " + std::string{value} + "\r\n\r\n"; }

// A request whose body is a second request to a reader that misunderstands the framing.
std::string framed(std::string_view headers)
{
    std::string const body{get_health};
    return "POST /authentication/token/validate HTTP/1.1\r\nHost: tokend\r\n" + std::string{headers} + "\r\n" + body;
}

std::string chunked(std::string_view chunks)
{
    return "POST /authentication/token/validate HTTP/1.1\r\nHost: tokend\r\nTransfer-Encoding: chunked\r\n\r\n" +
           std::string{chunks};
}

}  // namespace

std::vector<malformed_message> malformed_request_lines()
{
    std::vector<malformed_message> all{
        {"two spaces before the target", line("GET  /healthz HTTP/1.1")},
        {"two spaces before the version", line("GET /healthz  HTTP/1.1")},
        {"a space in front", line(" GET /healthz HTTP/1.1")},
        {"a space at the end", line("GET /healthz HTTP/1.1 ")},
        {"a tab for a space", line("GET\t/healthz HTTP/1.1")},
        {"a tab before the version", line("GET /healthz\tHTTP/1.1")},
        {"a space in the target", line("GET /health z HTTP/1.1")},
        {"no version", line("GET /healthz")},
        {"no target", line("GET HTTP/1.1")},
        {"an empty target", line("GET  HTTP/1.1")},
        {"no verb", line("/healthz HTTP/1.1")},
        {"an empty verb", line(" /healthz HTTP/1.1")},
        {"a word alone", line("GET")},
        {"a control byte in the target", line("GET /health\x01z HTTP/1.1")},
        {"DEL in the target", line("GET /health\x7fz HTTP/1.1")},
        {"NUL in the target", line("GET /health\0z HTTP/1.1"sv)},
        {"NUL in the verb", line("G\0T /healthz HTTP/1.1"sv)},
        {"a header in the place of the request line", line("Host: tokend")},
        {"a status line", line("HTTP/1.1 200 OK")},
        {"LF alone", "GET /healthz HTTP/1.1\nHost: tokend\r\n\r\n"},
        {"CR alone", "GET /healthz HTTP/1.1\rHost: tokend\r\n\r\n"},
        {"CR twice", "GET /healthz HTTP/1.1\r\r\nHost: tokend\r\n\r\n"},
        {"CR in the target", "GET /healthz\r HTTP/1.1\r\nHost: tokend\r\n\r\n"},
        {"a greeting of TLS", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n"s},
        {"a greeting of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", {505}},
    };
    for (auto const verb :
         {"GE(T", "G@T", "G/T", "G:T", "G,T", "GET\"", "G[T]", "G{T}", "G\x80T", "G\xc3\xa9T", "G\x01T", "G=T"})
        all.push_back({"the verb "s + verb, line(verb + " /healthz HTTP/1.1"s)});
    for (auto const version :
         {"http/1.1",  "Http/1.1", "HTTP/1.11", "HTTP/11.1", "HTTP/01.1",  "HTTP/1",    "HTTP/1.",   "HTTP/.1",
          "HTTP/",     "HTTP",     "HTTP/a.b",  "HTTP/1.x",  "HTTP/1,1",   "HTTP/-1.1", "HTTP/+1.1", "HTTP//1.1",
          "HTTPS/1.1", "HTTP1.1",  "HTTP/1.1x", "HTTP/2",    "HTTP/1.1.1", "SPDY/3.1",  "XTTP/1.1",  "H"})
        all.push_back({"the version "s + version, line("GET /healthz "s + version)});
    for (auto const version :
         {"HTTP/0.0", "HTTP/0.9", "HTTP/1.2", "HTTP/1.9", "HTTP/2.0", "HTTP/2.1", "HTTP/3.0", "HTTP/9.9"})
        all.push_back({"the version "s + version, line("GET /healthz "s + version), {505}});
    return all;
}

std::vector<malformed_message> malformed_headers()
{
    std::vector<malformed_message> all{
        {"no colon", header("X-Header")},
        {"no colon, with a value", header("X-Header value")},
        {"an empty name", header(": value")},
        {"a space before the colon", header("X-Header : value")},
        {"a tab before the colon", header("X-Header\t: value")},
        {"a space in the name", header("X Header: value")},
        {"an 8-bit name", header("X-H\xe9: value")},
        {"a UTF-8 name", header("X-H\xc3\xa9: value")},
        {"NUL in a name", header("X-\0: value"sv)},
        {"a control byte in a name", header("X-\x01: value")},
        {"DEL in a name", header("X-\x7f: value")},
        {"CR in a name", header("X-\r: value")},
        {"folded by a space", header("X-Header: a\r\n b")},
        {"folded by a tab", header("X-Header: a\r\n\tb")},
        {"folded to nothing", header("X-Header: a\r\n ")},
        {"folded before the value", header("X-Header:\r\n a")},
        {"folded in the first place", "GET /healthz HTTP/1.1\r\n Host: tokend\r\n\r\n"},
        {"a fold after Host", "GET /healthz HTTP/1.1\r\nHost: tokend\r\n .example\r\n\r\n"},
        {"NUL in a value", header("X-Header: a\0b"sv)},
        {"NUL at the end of a value", header("X-Header: a\0"sv)},
        {"BEL in a value", header("X-Header: a\x07"
                                  "b")},
        {"VT in a value", header("X-Header: a\x0b"
                                 "b")},
        {"FF in a value", header("X-Header: a\x0c"
                                 "b")},
        {"ESC in a value", header("X-Header: a\x1b[0m")},
        {"DEL in a value", header("X-Header: a\x7f")},
        {"CR in a value", header("X-Header: a\rb")},
        {"CR at the end of a value", header("X-Header: a\r")},
        {"CR CR LF", header("X-Header: a\r\r\nX-Other: b")},
        {"LF alone after a header", header("X-Header: a\nX-Other: b")},
        {"LF alone for the empty line", "GET /healthz HTTP/1.1\r\nHost: tokend\r\n\n"},
        {"CR alone for the empty line", "GET /healthz HTTP/1.1\r\nHost: tokend\r\n\r"},
        {"LF alone all over", "GET /healthz HTTP/1.1\nHost: tokend\n\n"},
        {"a header hidden by LF CR", header("X-Header: a\n\rX-Other: b")},
        {"no Host", "GET /healthz HTTP/1.1\r\n\r\n"},
        {"no Host among others", "GET /healthz HTTP/1.1\r\nX-Host: tokend\r\nHostname: tokend\r\n\r\n"},
        {"no Host with an absolute target", "GET http://tokend/healthz HTTP/1.1\r\n\r\n"},
        {"Host twice", header("Host: tokend")},
        {"Host twice, in another case", header("hOST: tokend")},
        {"Host twice, differing", header("Host: other")},
        {"Host twice on HTTP/1.0", "GET /healthz HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n"},
    };
    for (char const c : "()<>@,;\\\"/[]?={}"s)
        all.push_back({"the name X"s + c, header("X"s + c + ": value")});
    for (auto const value : {"a b",    "a/b",    "user@a", "a:b",      "a:80:80",
                             "a:-1",   "a:8o",   "[::1",   "::1]",     "[::1]80",
                             "[::1]x", "[g::1]", "[]",     "a?b",      "a#b",
                             "a\\b",   "a\"b",   "<a>",    "a^b",      "a|b",
                             "{a}",    "a%zz",   "a%4",    "http://a", "\xc3\xa9.example",
                             "a\tb",   "[::1]:x"})
        all.push_back({"the Host "s + value, host(value)});
    return all;
}

std::vector<malformed_message> malformed_framing()
{
    std::vector<malformed_message> all{
        {"Content-Length twice", framed("Content-Length: 0\r\nContent-Length: 0\r\n")},
        {"Content-Length twice, differing", framed("Content-Length: 0\r\nContent-Length: 5\r\n")},
        {"Content-Length twice, in another case", framed("Content-Length: 0\r\ncontent-length: 0\r\n")},
        {"a Content-Length that no number holds", framed("Content-Length: 18446744073709551616\r\n"), {400, 413}},
        {"a Content-Length of 40 digits", framed("Content-Length: 1" + std::string(39, '0') + "\r\n"), {400, 413}},
        {"a Content-Length that wraps to 0 in 32 bits", framed("Content-Length: 4294967296\r\n"), {413}},
        {"both lengths", framed("Content-Length: 0\r\nTransfer-Encoding: chunked\r\n")},
        {"both lengths, the other way round", framed("Transfer-Encoding: chunked\r\nContent-Length: 0\r\n")},
        {"both lengths, the coding unknown", framed("Content-Length: 0\r\nTransfer-Encoding: gzip\r\n"), {400, 501}},
        {"chunked twice", framed("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n")},
        {"chunked and another in two lines", framed("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n")},
        {"another and chunked in two lines", framed("Transfer-Encoding: gzip\r\ntransfer-encoding: chunked\r\n")},
        {"chunked and an empty line of it", framed("Transfer-Encoding: chunked\r\nTransfer-Encoding:\r\n")},
        {"chunked on HTTP/1.0",
         "POST /authentication/token/validate HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
        {"chunked behind a space", framed("Transfer-Encoding : chunked\r\n")},
        {"chunked behind a fold", framed("Transfer-Encoding:\r\n chunked\r\n")},
        {"chunked in a folded line", framed("X: y\r\n Transfer-Encoding: chunked\r\n")},
        {"chunked with a control byte", framed("Transfer-Encoding: \x0b"
                                               "chunked\r\n")},
        {"chunked behind NUL", framed("Transfer-Encoding: \0chunked\r\n"s)},
        {"chunked behind CR", framed("X: y\rTransfer-Encoding: chunked\r\n")},
        {"Content-Length behind CR", framed("X: y\rContent-Length: 5\r\n")},
        {"Content-Length behind LF", framed("X: y\nContent-Length: 5\r\n")},
    };
    for (auto const value : {"",   " ",   "x",   "-1",    "+1", "0x1",      "1x",    "1 1",  "1,1", "1, 2", "0,",
                             ",0", "1.0", "1e1", "\"1\"", "1;", "\xd9\xa3", "0\xa0", "0\t0", "--1", "1_000"})
        all.push_back({"Content-Length: "s + value, framed("Content-Length: "s + value + "\r\n")});
    for (auto const value :
         {"gzip", "identity", "compress", "deflate", "xchunked", "chunkedx", "chunke", "x-gzip", "trailers"})
        all.push_back({"Transfer-Encoding: "s + value, framed("Transfer-Encoding: "s + value + "\r\n"), {501}});
    for (auto const value :
         {"", "chunked, chunked", "gzip, chunked", "chunked, gzip", "chunked,", ",chunked", "chunked;", "chunked;q=1",
          "chunked ; a=b", "identity, chunked", "chunked,identity", ",", ";", "chunked chunked"})
        all.push_back({"Transfer-Encoding: "s + value, framed("Transfer-Encoding: "s + value + "\r\n")});
    for (auto const value : {"\"chunked\"", "chun\xa0ked",
                             "\xa0"
                             "chunked",
                             "chunked\xa0", "'chunked'", "(chunked)", "chunk ed", "chunk\ted"})
        all.push_back({"Transfer-Encoding: "s + value, framed("Transfer-Encoding: "s + value + "\r\n"), {400, 501}});

    for (auto const chunks : {"g\r\n",
                              "\r\n",
                              "-1\r\n",
                              "+1\r\n{\r\n",
                              "0x2\r\n{}\r\n",
                              "2h\r\n{}\r\n",
                              "\x01\r\n",
                              "2,a\r\n{}\r\n",
                              "2 junk\r\n{}\r\n",
                              "2\x0b\r\n{}\r\n",
                              "2\n{}\r\n",
                              "2\r{}\r\n",
                              "2\r\n{}x\r\n",
                              "2\r\n{}}\r\n0\r\n\r\n",
                              "2\r\n{}\n0\r\n\r\n",
                              "2\r\n{}0\r\n\r\n",
                              "2\r\n{}\r0\r\n\r\n",
                              "2;a\x01\r\n{}\r\n",
                              "2;a\rb\r\n{}\r\n",
                              "2;a\nb\r\n{}\r\n",
                              "2;a\x7f\r\n{}\r\n",
                              "2;\"\r\n\"\r\n{}\r\n",
                              "2\r\n{}\r\nx\r\n\r\n",
                              "2\r\n{}\r\n0\n\n",
                              "2\r\n{}\r\n0x\r\n\r\n",
                              "2\r\n{}\r\n;a\r\n\r\n",
                              "\xd9\xa3\r\n{}\r\n"})
        all.push_back({"the chunks "s + chunks, chunked(chunks)});
    for (auto const size : {"10000000000000000", "ffffffffffffffff", "fffffffffffffffe", "10000000000000002",
                            "7fffffffffffffff", "100000002", "80000000"})
        all.push_back({"a chunk of size "s + size, chunked(size + "\r\n{}\r\n0\r\n\r\n"s), {400, 413}});
    for (auto const trailer : {"X-Trailer", "X-Trailer : a", "X Trailer: a", ": a", "X-Trailer: a\r\n b",
                               " X-Trailer: a", "X-Trailer: a\x01", "X-Trailer: a\x7f", "X-Tr\xe9: a",
                               "X-Trailer: a\rb", "X-Trailer: a\nX: b", "X(: a", "X\x01: a"})
        all.push_back({"the trailer "s + trailer, chunked("2\r\n{}\r\n0\r\n"s + trailer + "\r\n\r\n")});
    all.push_back({"NUL in a chunk's extension", chunked("2;a\0b\r\n{}\r\n0\r\n\r\n"s)});
    all.push_back({"NUL for a chunk's size", chunked("\0\r\n"s)});
    all.push_back({"NUL in a trailer", chunked("2\r\n{}\r\n0\r\nX-Trailer: \0\r\n\r\n"s)});
    all.push_back({"LF alone behind the trailers", chunked("2\r\n{}\r\n0\r\nX-Trailer: a\r\n\n")});
    return all;
}

std::vector<malformed_message> oversize_messages()
{
    std::string many;
    for (int i = 0; i < 500; ++i)
        many += "X: y\r\n";
    return {
        {"a header of 64 KiB", header("X: " + std::string(65536, 'x')), {431}},
        {"a name of 64 KiB", header(std::string(65536, 'x') + ": y"), {431}},
        {"a target of 64 KiB", line("GET /" + std::string(65536, 'x') + " HTTP/1.1"), {431}},
        {"a verb of 64 KiB", line(std::string(65536, 'X') + " / HTTP/1.1"), {431}},
        {"500 headers", header(many + "X: y"), {431}},
        {"a header of 1 MiB", header("X: " + std::string(1 << 20, 'x')), {431}},
        {"a declared body of 1 MiB", framed("Content-Length: 1048576\r\n") + std::string(1 << 20, ' '), {413}},
        {"a declared body of 1 TiB", framed("Content-Length: 1099511627776\r\n"), {413}},
        {"a chunked body of 1 MiB", chunked("100000\r\n" + std::string(1 << 20, ' ') + "\r\n0\r\n\r\n"), {413}},
        {"a chunk's extension of 64 KiB", chunked("2;" + std::string(65536, 'a') + "\r\n{}\r\n0\r\n\r\n")},
        {"leading zeros of 64 KiB", chunked(std::string(65536, '0') + "2\r\n{}\r\n0\r\n\r\n")},
        {"a trailer of 64 KiB", chunked("2\r\n{}\r\n0\r\nX: " + std::string(65536, 'x') + "\r\n\r\n")},
        {"a trailer of 70,000 bytes", chunked("2\r\n{}\r\n0\r\nX: " + std::string(70000, 'x') + "\r\n\r\n")},
        {"a trailer's name of 64 KiB", chunked("2\r\n{}\r\n0\r\n" + std::string(65536, 'x') + ": y\r\n\r\n")},
    };
}

}  // namespace tokend::test

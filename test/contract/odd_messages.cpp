#include "contract/odd_messages.hpp"

#include "contract/contract.hpp"

#include <string_view>

namespace tokend::test {

namespace {

using namespace std::literals;

std::string line(std::string_view request_line) { return std::string{request_line} + "\r\nHost: tokend\r\n\r\n"; }

std::string header(std::string_view lines) { return get("/healthz", std::string{lines} + "\r\n"); }

std::string host(std::string_view value) { return "GET /healthz HTTP/1.1\r\nHost:" + std::string{value} + "\r\n\r\n"; }

std::string chunked(std::string_view chunks, std::string_view field = "Transfer-Encoding: chunked")
{
    return request("POST", validate_path, bearer(unknown_token) + std::string{field} + "\r\n") + std::string{chunks};
}

std::string declared(std::string_view field, std::string_view body)
{
    return request("POST", validate_path, bearer(unknown_token) + std::string{field} + "\r\n") + std::string{body};
}

std::string old(std::string_view headers) { return "GET /healthz HTTP/1.0\r\n" + std::string{headers} + "\r\n"; }

}  // namespace

std::vector<odd_message> odd_request_lines()
{
    return {
        {"an empty line in front", "\r\n" + std::string{get_health}},
        {"an empty line between two", std::string{get_health} + "\r\n" + std::string{get_health}, {200, 200}},
        {"an absolute target", line("GET http://tokend/healthz HTTP/1.1")},
        {"an absolute target with a query", line("GET http://tokend/healthz?a=b HTTP/1.1")},
        {"an absolute target elsewhere than Host", line("GET http://other:8080/healthz HTTP/1.1")},
        {"an absolute https target", line("GET https://tokend/healthz HTTP/1.1")},
        {"an absolute target with an IPv6 host", line("GET http://[::1]:80/healthz HTTP/1.1")},
        {"an absolute target with an unknown path", line("GET http://tokend/nothing HTTP/1.1"), {404}},
        {"a trailing slash", line("GET /healthz/ HTTP/1.1")},
        {"an empty query", line("GET /healthz? HTTP/1.1")},
        {"an unknown query", line("GET /healthz?a=b&c&%zz=?/ HTTP/1.1")},
        {"a verb of every character of a token", line("!#$%&'*+-.^_`|~0aZ /healthz HTTP/1.1"), {405}},
        {"a lower-case verb", line("get /healthz HTTP/1.1"), {405}},
        {"a long verb", line(std::string(1000, 'X') + " /healthz HTTP/1.1"), {405}},
        {"TRACE", line("TRACE /healthz HTTP/1.1"), {405}},
        {"OPTIONS of the server", line("OPTIONS * HTTP/1.1"), {404}},
        {"a request line of 8,000 bytes", line("GET /healthz?" + std::string(7978, 'a') + " HTTP/1.1")},
    };
}

std::vector<odd_message> odd_headers()
{
    std::vector<odd_message> all{
        {"no space behind the colon", header("X-Header:value")},
        {"spaces and tabs around a value", header("X-Header: \t  value \t ")},
        {"an empty value", header("X-Header:")},
        {"a value of white space", header("X-Header:  \t ")},
        {"a tab in a value", header("X-Header: a\tb")},
        {"8-bit bytes in a value", header("X-Header: \x80\xa0\xff\xc3\xa9")},
        {"a name of every character of a token", header("!#$%&'*+-.^_`|~0aZ: value")},
        {"an unknown header twice", header("X-Header: a\r\nX-Header: b")},
        {"an Upgrade", header("Connection: Upgrade\r\nUpgrade: websocket")},
        {"an Upgrade to HTTP/2",
         header("Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk")},
        {"a Range", header("Range: bytes=0-0")},
        {"conditions", header("If-None-Match: *\r\nIf-Modified-Since: Tue, 24 Nov 2026 06:00:00 GMT")},
        {"what is accepted", header("Accept: text/html\r\nAccept-Encoding: gzip\r\nAccept-Language: fi")},
        {"trailers are taken", header("TE: trailers, deflate;q=0.5")},
        {"Transfer_Encoding is another header", header("Transfer_Encoding: chunked")},
        {"Content_Length is another header", header("Content_Length: 10")},
        {"names in upper case", "GET /healthz HTTP/1.1\r\nHOST: tokend\r\n\r\n"},
        {"names in lower case", "GET /healthz HTTP/1.1\r\nhost: tokend\r\n\r\n"},
    };
    for (auto const value : {" tokend", "tokend", " tokend:80", " tokend:", " 127.0.0.1", " 127.0.0.1:8080", " [::1]",
                             " [::1]:8080", " [2001:db8::1]:443", " a.b-c_d~e", " TOKEND.EXAMPLE", " t%6fkend",
                             " xn--bcher-kva.example", " a.example.", "\ttokend\t"})
        all.push_back({"Host:"s + value, host(value)});
    return all;
}

std::vector<odd_message> odd_bodies()
{
    std::vector<odd_message> all{
        {"a body of nothing", declared("Content-Length: 0", "")},
        {"no body", declared("X: y", "")},
        {"a length with leading zeros", declared("Content-Length: 0002", "{}")},
        {"a length in white space", declared("Content-Length: \t 2 \t", "{}")},
        {"a body of JSON and white space", declared("Content-Length: 9", " \t\r\n{ \n} ")},
        {"a health request with a body", request("GET", "/healthz", {}, "some body")},
        {"a health request with a chunked body",
         request("GET", "/healthz", "Transfer-Encoding: chunked\r\n") + "1\r\na\r\n0\r\n\r\n"},
        {"Chunked in capitals", chunked("2\r\n{}\r\n0\r\n\r\n", "Transfer-Encoding: CHUNKED")},
        {"chunked in white space", chunked("2\r\n{}\r\n0\r\n\r\n", "Transfer-Encoding:\t chunked \t")},
        {"announced trailers", chunked("2\r\n{}\r\n0\r\nX-T: a\r\n\r\n", "Trailer: X-T\r\nTransfer-Encoding: chunked")},
    };
    for (auto const chunks :
         {"0\r\n\r\n", "2\r\n{}\r\n0\r\n\r\n", "1\r\n{\r\n1\r\n}\r\n0\r\n\r\n", "0002\r\n{}\r\n0\r\n\r\n",
          "2\r\n{}\r\n0000\r\n\r\n", "00000000000000000000000002\r\n{}\r\n0\r\n\r\n", "a\r\n{        }\r\n0\r\n\r\n",
          "A\r\n{        }\r\n0\r\n\r\n", "2;a\r\n{}\r\n0\r\n\r\n", "2;a=b\r\n{}\r\n0\r\n\r\n",
          "2;a=\"b c;d\"\r\n{}\r\n0\r\n\r\n", "2;a;b=c;d=\"\\\"\"\r\n{}\r\n0\r\n\r\n", "2\r\n{}\r\n0;a=b\r\n\r\n",
          "2\r\n{}\r\n0\r\nX-T: a\r\n\r\n", "2\r\n{}\r\n0\r\nX-T:\r\nX-U: \xe9\r\n\r\n"})
        all.push_back({"the chunks "s + chunks, chunked(chunks)});
    return all;
}

std::vector<odd_message> odd_versions()
{
    return {
        {"HTTP/1.0 without Host", old(""), {200}, false},
        {"HTTP/1.0 with Host", old("Host: tokend\r\n"), {200}, false},
        {"HTTP/1.0 that stays", old("Connection: keep-alive\r\n"), {200}, true},
        {"HTTP/1.0 that stays, in capitals", old("Connection: Keep-Alive\r\n"), {200}, true},
        {"HTTP/1.0 that wants to go", old("Connection: close\r\n"), {200}, false},
        {"HTTP/1.0 with a body",
         "POST /authentication/token/validate HTTP/1.0\r\n" + bearer(unknown_token) + "Content-Length: 2\r\n\r\n{}",
         {200},
         false},
        {"HTTP/1.0 with an expectation, which it does not know",
         "POST /authentication/token/validate HTTP/1.0\r\n" + bearer(unknown_token) +
             "Content-Length: 2\r\nExpect: 100-continue\r\n\r\n{}",
         {200},
         false},
        {"HTTP/1.1 that wants to go", header("Connection: close"), {200}, false},
        {"HTTP/1.1 that wants to go, in capitals", header("Connection: CLOSE"), {200}, false},
        {"HTTP/1.1 that wants to go, among others", header("Connection: x , close"), {200}, false},
        {"HTTP/1.1 that says that it stays", header("Connection: keep-alive"), {200}, true},
        {"an error on HTTP/1.0", "GET /nothing HTTP/1.0\r\n\r\n", {404}, false},
    };
}

}  // namespace tokend::test

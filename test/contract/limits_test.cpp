// Every limit at its figure, which is still accepted, and one past it.
#include "contract/contract.hpp"
#include "contract/shared_daemon.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cstdio>

using namespace tokend::test;

namespace {

struct limits
{
    static daemon_options options()
    {
        return {demonstration(), {"--login.failure-time=0ms", "--http.linger-timeout=200ms"}};
    }
};

answer send(std::string_view bytes) { return ask(served<limits>::address(), bytes); }

void check_taken(std::string_view bytes) { BOOST_TEST(send(bytes).status == 200); }

void check_refused(std::string_view bytes, int status, std::string_view code)
{
    raw_client client{served<limits>::address()};
    client.send(std::string{bytes} + std::string{get_health});
    auto const answers = client.receive_until_closed();
    BOOST_TEST_REQUIRE(answers.size() == 1u);
    check_error(answers[0], status, code);
}

std::string padded_header(std::size_t size)
{
    auto const bare = get("/healthz", "X: \r\n").size();
    return get("/healthz", "X: " + std::string(size - bare, 'x') + "\r\n");
}

std::string padded_target(std::size_t size)
{
    auto const bare = get("/healthz?").size();
    return get("/healthz?" + std::string(size - bare, 'x'));
}

std::string fields(std::size_t count)
{
    std::string lines;
    for (std::size_t i = 1; i < count; ++i)  // Host is the first
        lines += "X-" + std::to_string(i) + ": y\r\n";
    return get("/healthz", lines);
}

std::string padded_json(std::size_t size)
{
    auto const body = token_body(unknown_token);
    return body + std::string(size - body.size(), ' ');
}

std::string chunk(std::string_view data, std::string_view extension = {})
{
    char size[16];
    std::snprintf(size, sizeof size, "%zx", data.size());
    return std::string{size}.append(extension).append("\r\n").append(data).append("\r\n");
}

std::string chunked(std::string_view chunks, std::string_view trailers = {})
{
    return request("POST", validate_path, "Transfer-Encoding: chunked\r\n")
        .append(chunks)
        .append("0\r\n")
        .append(trailers)
        .append("\r\n");
}

std::string in_chunks_of(std::size_t step, std::string_view body)
{
    std::string chunks;
    for (; !body.empty(); body.remove_prefix(std::min(step, body.size())))
        chunks += chunk(body.substr(0, step));
    return chunks;
}

// The trailer section has `size` bytes, its empty line included.
std::string trailers(std::size_t size) { return "X: " + std::string(size - 7, 'x') + "\r\n"; }

std::string nested(std::size_t levels)
{
    auto const inner = levels - 1;
    return token_body(unknown_token, R"("x":)" + std::string(inner, '[') + std::string(inner, ']'));
}

// A body of `count` members, the first of them the token.
std::string members(std::size_t count)
{
    std::string more;
    for (std::size_t i = 1; i < count; ++i)
        more.append(i == 1 ? "" : ",").append("\"m").append(std::to_string(i)).append("\":0");
    return token_body(unknown_token, more);
}

std::string object_of(std::size_t count)
{
    std::string text{"{"};
    for (std::size_t i = 0; i < count; ++i)
        text.append(i == 0 ? "" : ",").append("\"n").append(std::to_string(i)).append("\":0");
    return text + "}";
}

std::string e_acute(std::size_t bytes)
{
    std::string text(bytes % 2, 'e');
    for (std::size_t i = 0; i < bytes / 2; ++i)
        text += "\xc3\xa9";
    return text;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(limits_, *boost::unit_test::fixture<served<limits>>())

BOOST_AUTO_TEST_CASE(request_line_and_headers_have_16_KiB)
{
    check_taken(padded_header(16384));
    check_refused(padded_header(16385), 431, "HEADERS_TOO_LARGE");
    check_taken(padded_target(16384));
    check_refused(padded_target(16385), 431, "HEADERS_TOO_LARGE");
}

BOOST_AUTO_TEST_CASE(there_may_be_100_headers)
{
    check_taken(fields(100));
    check_refused(fields(101), 431, "HEADERS_TOO_LARGE");
}

BOOST_AUTO_TEST_CASE(a_body_has_16_KiB_without_its_framing)
{
    check_taken(post(validate_path, padded_json(16384)));
    check_refused(post(validate_path, padded_json(16385)), 413, "PAYLOAD_TOO_LARGE");
    for (std::size_t const step : {16385U, 4096U, 100U})
        BOOST_TEST_CONTEXT("chunks of " << step)
        {
            check_taken(chunked(in_chunks_of(step, padded_json(16384))));
            check_refused(chunked(in_chunks_of(step, padded_json(16385))), 413, "PAYLOAD_TOO_LARGE");
        }
}

BOOST_AUTO_TEST_CASE(a_full_header_section_leaves_the_body_its_own_room)
{
    auto const bare = post(validate_path, padded_json(16384), "X: \r\n").size() - 16384;
    check_taken(post(validate_path, padded_json(16384), "X: " + std::string(16384 - bare, 'x') + "\r\n"));
}

BOOST_AUTO_TEST_CASE(a_chunk_line_has_256_bytes)
{
    auto const body = token_body(unknown_token);
    auto const extension = [&](std::size_t line) {
        return ";" + std::string(line - 3, 'a');
    };  // the size takes two digits
    BOOST_TEST_REQUIRE(body.size() >= 16u);
    check_taken(chunked(chunk(body, extension(256))));
    check_refused(chunked(chunk(body, extension(257))), 400, "MALFORMED_REQUEST");
}

BOOST_AUTO_TEST_CASE(trailers_have_4_KiB)
{
    auto const body = chunk(token_body(unknown_token));
    check_taken(chunked(body, trailers(4096)));
    check_refused(chunked(body, trailers(4097)), 400, "MALFORMED_REQUEST");
}

BOOST_AUTO_TEST_CASE(json_has_8_levels_64_members_in_one_object_and_256_in_all)
{
    check_taken(post(validate_path, nested(8)));
    check_bad_body(send(post(validate_path, nested(9))));
    check_taken(post(validate_path, members(64)));
    check_bad_body(send(post(validate_path, members(65))));
    check_bad_body(send(post(validate_path, token_body(unknown_token, R"("x":)" + object_of(65)))));

    // The token, four objects, 63 members in each of three objects, and the rest of 256 in the fourth.
    auto const three = R"("a":)" + object_of(63) + R"(,"b":)" + object_of(63) + R"(,"c":)" + object_of(63) + R"(,"d":)";
    std::size_t const rest = 256 - 5 - 3 * 63;
    check_taken(post(validate_path, token_body(unknown_token, three + object_of(rest))));
    check_bad_body(send(post(validate_path, token_body(unknown_token, three + object_of(rest + 1)))));
}

BOOST_AUTO_TEST_CASE(every_member_has_its_length_in_bytes)
{
    struct member
    {
        std::string_view name;
        std::string_view before;
        std::string_view after;
        std::size_t longest;
    };
    member const all[] = {
        {"username", R"({"password":"p","organisation":"CRMDEMO","username":")", R"("})", 256},
        {"password", R"({"username":"nobody","organisation":"CRMDEMO","password":")", R"("})", 1024},
        {"access_token_identifier.authentication_code",
         R"({"organisation":"CRMDEMO","access_token_identifier":{"authentication_code":")", R"("}})", 256},
        {"access_token_identifier.identifier",
         R"({"organisation":"CRMDEMO","access_token_identifier":{"pass_code":"p","identifier":")", R"("}})", 256},
        {"access_token_identifier.pass_code",
         R"({"organisation":"CRMDEMO","access_token_identifier":{"identifier":"i","pass_code":")", R"("}})", 1024},
        {"organisation", R"({"username":"u","password":"p","organisation":")", R"("})", 128},
        {"unit", R"({"username":"nobody","password":"p","organisation":"CRMDEMO","unit":")", R"("})", 128},
    };
    for (auto const& m : all)
        for (auto const& text : {std::string(m.longest, 'x'), e_acute(m.longest)})
            BOOST_TEST_CONTEXT(m.name)
            {
                auto const with = [&](std::string_view t) { return std::string{m.before}.append(t).append(m.after); };
                check_error(send(post(issue_path, with(text))), 401, "INVALID_CREDENTIALS");
                check_error(send(post(issue_path, with(text + "x"))), 400, "INVALID_PARAMETER", m.name);
            }
    auto const unit = [](std::size_t size) {
        return token_body(unknown_token, R"("unit":")" + std::string(size, 'x') + R"(")");
    };
    check_error(send(post(switch_path, unit(128))), 401, "INVALID_TOKEN");
    check_error(send(post(switch_path, unit(129))), 400, "INVALID_PARAMETER", "unit");
}

BOOST_AUTO_TEST_CASE(lengths_count_after_unescaping)
{
    std::string escaped;
    for (int i = 0; i < 256; ++i)
        escaped += "\\u0061";
    auto const with = [](std::string_view name) {
        return R"({"password":"p","organisation":"CRMDEMO","username":")" + std::string{name} + R"("})";
    };
    check_error(send(post(issue_path, with(escaped))), 401, "INVALID_CREDENTIALS");
    check_error(send(post(issue_path, with(escaped + "\\u0061"))), 400, "INVALID_PARAMETER", "username");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(configured_limits_)

BOOST_AUTO_TEST_CASE(limits_are_as_configured)
{
    daemon_process const tokend{
        {demonstration(),
         {"--http.max-header-bytes=512", "--http.max-header-fields=3", "--http.max-body-bytes=256",
          "--http.max-chunk-line-bytes=16", "--http.max-trailer-bytes=64", "--http.linger-timeout=200ms"}}};
    auto const status = [&](std::string_view bytes) { return ask(tokend.address(), bytes).status; };
    BOOST_TEST(status(padded_header(512)) == 200);
    BOOST_TEST(status(padded_header(513)) == 431);
    BOOST_TEST(status(fields(3)) == 200);
    BOOST_TEST(status(fields(4)) == 431);
    BOOST_TEST(status(post(validate_path, padded_json(256))) == 200);
    BOOST_TEST(status(post(validate_path, padded_json(257))) == 413);
    auto const body = chunk(token_body(unknown_token));
    BOOST_TEST(status(chunked(chunk(token_body(unknown_token), ";aaaaaaaaaaaaa"))) == 200);
    BOOST_TEST(status(chunked(chunk(token_body(unknown_token), ";aaaaaaaaaaaaaa"))) == 400);
    BOOST_TEST(status(chunked(body, trailers(64))) == 200);
    BOOST_TEST(status(chunked(body, trailers(65))) == 400);
}

BOOST_AUTO_TEST_SUITE_END()

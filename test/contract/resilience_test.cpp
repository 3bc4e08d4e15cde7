// Whatever bytes arrive on a socket, tokend survives and answers in HTTP, never with INTERNAL_ERROR.
#include "contract/contract.hpp"
#include "contract/shared_daemon.hpp"

#include <boost/test/unit_test.hpp>

#include <sys/socket.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

using namespace tokend::test;

namespace {

struct surviving
{
    static daemon_options options()
    {
        return {demonstration(), {"--login.failure-time=0ms", "--http.linger-timeout=50ms", "--log.level=error"}};
    }
};

std::vector<std::string> seeds()
{
    return {
        post(issue_path, administrator),
        post(issue_path,
             R"({"access_token_identifier":{"identifier":"jsmith","pass_code":"4711"},"organisation":"CRMDEMO"})"),
        post(validate_path, token_body(unknown_token, R"("touch":true)")),
        post(switch_path, token_body(unknown_token, R"("unit":"U")")),
        request("POST", renew_path, bearer(unknown_token) + "Transfer-Encoding: chunked\r\n") +
            "2;a=\"b\"\r\n{}\r\n0\r\nX-Trailer: a\r\n\r\n",
        post(api_key_path, "{}", "Authorization: Basic ZGVtby1hcGkta2V5LTE6\r\n"),
        get("/auth/verify?organisation=CRM%44EMO&group=a", bearer(unknown_token) + "Cookie: a=b; c=d\r\n"),
        get("/readyz", "X-Request-Id: abc\r\nConnection: keep-alive\r\nExpect: 100-continue\r\n"),
    };
}

// Makes one to eight changes of kinds that break parsers.
std::string mutate(std::string text, std::mt19937& random)
{
    auto const below = [&](std::size_t n) { return std::uniform_int_distribution<std::size_t>{0, n - 1}(random); };
    static constexpr std::string_view spice[] = {
        "\r\n", "\n", "\r",       " ",       "\t",   ":",        ";",
        ",",    "\"", "\\",       "{",       "}",    "[",        "0",
        "-1",   "%",  "\r\n\r\n", "\\u0000", "\xff", "\xc3\xa9", "99999999999999999999"};
    for (auto changes = below(8) + 1; changes > 0 && !text.empty(); --changes)
    {
        auto const at = below(text.size());
        auto const size = std::min(below(16) + 1, text.size() - at);
        switch (below(6))
        {
        case 0:
            text[at] = static_cast<char>(below(256));
            break;
        case 1:
            text[at] = static_cast<char>(text[at] ^ (1 << below(8)));
            break;
        case 2:
            text.erase(at, size);
            break;
        case 3:
            text.insert(at, text.substr(at, size));
            break;
        case 4:
            text.insert(at, spice[below(std::size(spice))]);
            break;
        case 5:
            std::swap(text[at], text[below(text.size())]);
            break;
        }
    }
    return text;
}

bool is_acceptable(int status) { return status < 500 || status == 501 || status == 505; }

}  // namespace

BOOST_AUTO_TEST_SUITE(resilience_, *boost::unit_test::fixture<served<surviving>>())

BOOST_AUTO_TEST_CASE(mutated_requests_get_a_sane_answer_or_none)
{
    std::mt19937 random{20250711};
    auto const originals = seeds();
    for (int round = 0; round < 800; ++round)
    {
        auto const& original = originals[static_cast<std::size_t>(round) % originals.size()];
        auto const bytes = mutate(original + (round % 3 == 0 ? original : ""), random);
        BOOST_TEST_CONTEXT("round " << round << ": " << bytes)
        {
            raw_client client{served<surviving>::address()};
            client.send(bytes);
            client.finish_sending();
            // A verb that became HEAD gets no body: compare only the status lines.
            auto const stream = client.receive_bytes_until_closed();
            BOOST_TEST((stream.empty() || stream.starts_with("HTTP/1.1 ")), stream);
            for (auto at = stream.find("HTTP/1.1 "); at != std::string::npos; at = stream.find("HTTP/1.1 ", at + 1))
                BOOST_TEST(is_acceptable(std::stoi(stream.substr(at + 9, 3))), stream);
        }
    }
    BOOST_TEST(is_active(served<surviving>::address(), issue_token(served<surviving>::address())));
}

BOOST_AUTO_TEST_CASE(random_bytes_get_an_error_or_nothing)
{
    std::mt19937 random{42};
    std::uniform_int_distribution<int> byte{0, 255};
    for (int round = 0; round < 100; ++round)
    {
        std::string bytes(static_cast<std::size_t>(1 + round * 50), '\0');
        for (auto& c : bytes)
            c = static_cast<char>(byte(random));
        raw_client client{served<surviving>::address()};
        client.send(bytes);
        client.finish_sending();
        for (auto const& a : client.receive_until_closed())
            BOOST_TEST((a.status == 400 || a.status == 431), "round " << round << ": " << a.status);
    }
    BOOST_TEST(ask(served<surviving>::address(), get_health).status == 200);
}

// The client closes or resets the connection after each byte of a request: tokend keeps nothing of it.
BOOST_AUTO_TEST_CASE(connections_may_break_at_every_byte)
{
    for (auto const& whole : {post(issue_path, administrator),
                              request("POST", validate_path, bearer(unknown_token) + "Transfer-Encoding: chunked\r\n") +
                                  "1;a=b\r\n{\r\n1\r\n}\r\n0\r\nX: y\r\n\r\n"})
        for (std::size_t size = 0; size <= whole.size(); ++size)
            for (auto const reset : {false, true})
            {
                raw_client client{served<surviving>::address()};
                client.send(std::string_view{whole}.substr(0, size));
                ::linger const at_once{reset, 0};
                ::setsockopt(client.socket(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
            }
    BOOST_TEST(is_active(served<surviving>::address(), issue_token(served<surviving>::address())));
}

BOOST_AUTO_TEST_SUITE_END()

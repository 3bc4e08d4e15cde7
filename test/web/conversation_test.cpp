#include "web/conversation.hpp"

#include "support/count.hpp"
#include "web/talk.hpp"

#include <boost/asio/post.hpp>
#include <boost/test/unit_test.hpp>

#include <array>
#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

// Tables of bytes, steps and responses: no socket, no thread, and time passes only where a test says so.
using namespace tokend;
using tokend::test::count;
using namespace std::chrono_literals;
using kind = step::kind;

namespace {

answered throws(request_view const&, request_context&, reply&) { throw std::runtime_error{"disk on fire"}; }
answered throws_a_number(request_view const&, request_context&, reply&) { throw 7; }
answered throws_behind_its_answer(request_view const&, request_context&, reply& out)
{
    out.ok(R"({"half":"an answer"})");
    throw std::runtime_error{"too late"};
}
answered answers(request_view const&, request_context&, reply& out) { return out.ok("{}"); }
answered answers_at_length(request_view const&, request_context&, reply& out)
{
    return out.json(200, std::string(10 * 1024, 'x'));
}
answered changes(request_view const&, request_context&, reply& out)
{
    out.ok(R"({"changed":true})");
    return answered::when_durable;
}
answered names_segment(request_view const&, request_context& ctx, reply& out)
{
    return out.json(200, ctx.match.segment);
}
task<answered> throws_after_a_wait(request_view const&, request_context&, reply&)
{
    co_await asio::post(co_await asio::this_coro::executor, use_task);
    throw std::runtime_error{"directory on fire"};
}
task<answered> changes_after_a_wait(request_view const&, request_context&, reply& out)
{
    co_await asio::post(co_await asio::this_coro::executor, use_task);
    out.ok(R"({"changed":true})");
    co_return answered::when_durable;
}
int waiting_for_cookie = 0;  // calls of the method below that have begun and wait
task<answered> names_verify_cookie(request_view const&, request_context& ctx, reply& out)
{
    ++waiting_for_cookie;
    co_await asio::post(co_await asio::this_coro::executor, use_task);
    co_return out.json(200, ctx.config().http.verify_cookie);
}
answered waits_sometimes(request_view const& request, request_context&, reply& out)
{
    return request.query == "now" ? out.ok("{}") : answered::later;
}

constexpr std::array rows{
    route{.name = "throws", .verb = "", .path = "/throws", .answer = throws},
    route{.name = "number", .verb = "", .path = "/number", .answer = throws_a_number},
    route{.name = "behind", .verb = "", .path = "/behind", .answer = throws_behind_its_answer},
    route{.name = "wait", .verb = "", .path = "/wait", .ask = throws_after_a_wait},
    route{.name = "unread",
          .verb = "",
          .path = "/unread",
          .body = body_use::refused,
          .dialect = dialect::bare,
          .answer = throws},
    route{.name = "fine", .verb = "", .path = "/fine", .answer = answers},
    route{.name = "long", .verb = "", .path = "/long", .answer = answers_at_length},
    route{.name = "change", .verb = "POST", .path = "/change", .answer = changes},
    route{.name = "slow_change", .verb = "POST", .path = "/slow_change", .ask = changes_after_a_wait},
    route{.name = "cookie", .verb = "GET", .path = "/cookie", .ask = names_verify_cookie},
    route{.name = "sometimes",
          .verb = "GET",
          .path = "/sometimes",
          .answer = waits_sometimes,
          .ask = changes_after_a_wait},
    route{.name = "list", .verb = "GET", .path = "/things", .answer = answers},
    route{.name = "add", .verb = "POST", .path = "/things", .answer = answers},
    route{
        .name = "remove", .verb = "DELETE", .path = "/things", .use = path_use::last_segment, .answer = names_segment},
};

std::string get(std::string_view path, std::string_view more = {})
{
    return "GET " + std::string{path} + " HTTP/1.1\r\nHost: a\r\n" + std::string{more} + "\r\n";
}

// The statuses of responses, in their order.
std::vector<std::string> statuses(std::string_view text)
{
    std::vector<std::string> found;
    constexpr std::string_view version = "HTTP/1.1 ";
    for (auto at = text.find(version); at != text.npos; at = text.find(version, at + 1))
        found.emplace_back(text.substr(at + version.size(), 3));
    return found;
}

using texts = std::vector<std::string>;

}  // namespace

BOOST_AUTO_TEST_SUITE(conversation_)

BOOST_AUTO_TEST_CASE(what_comes_next_follows_from_the_bytes)
{
    struct row
    {
        std::string bytes;
        kind next;
        texts responses;
    };
    auto const one = get("/fine");
    auto const post = std::string{"POST /fine HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n"};
    for (auto const& r : std::initializer_list<row>{
             {"\r\n", kind::read, {}},
             {one.substr(0, 1), kind::read, {}},
             {one.substr(0, one.size() - 1), kind::read, {}},
             {one, kind::read, {"200"}},
             {one + one + one, kind::read, {"200", "200", "200"}},
             {one + one.substr(0, 9), kind::read, {"200"}},
             {post + "\r\n{}", kind::read, {}},
             {post + "\r\n{  }", kind::read, {"200"}},
             {post + "Expect: 100-continue\r\n\r\n", kind::read, {"100"}},
             {get("/fine", "Connection: close\r\n") + one, kind::close, {"200"}},
             {"GET /fine HTTP/1.0\r\n\r\n" + one, kind::close, {"200"}},
             {one + "GET  /fine HTTP/1.1\r\n\r\n" + one, kind::linger, {"200", "400"}},
             {"GET /fine HTTP/3.0\r\nHost: a\r\n\r\n" + one, kind::linger, {"505"}},
             {"POST /fine HTTP/1.1\r\nHost: a\r\nContent-Length: 16385\r\n\r\n", kind::linger, {"413"}},
             {get("/nowhere") + one, kind::read, {"404", "200"}},
             {one + get("/wait") + one, kind::respond, {"200"}},
             {one + get("/long") + get("/long") + one, kind::write, {"200", "200", "200"}},
             {"POST /unread HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\n", kind::linger, {"500"}},
         })
        BOOST_TEST_CONTEXT(r.bytes)
        {
            test::talk t{rows};
            BOOST_TEST(t.give(r.bytes).what == r.next);
            BOOST_TEST(statuses(t.take()) == r.responses, boost::test_tools::per_element());
        }
}

BOOST_AUTO_TEST_CASE(a_request_may_come_byte_by_byte)
{
    test::talk t{rows};
    auto const request = "POST /fine HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n";
    for (std::string_view rest = request; !rest.empty(); rest.remove_prefix(1))
    {
        BOOST_TEST(statuses(t.take()).empty());
        BOOST_TEST(t.give(rest.substr(0, 1)).what == kind::read);
    }
    BOOST_TEST(statuses(t.take()) == texts{"200"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(more_bytes_do_not_move_the_deadline_of_a_header_section)
{
    test::talk t{rows};
    BOOST_TEST(t.with.begin().idle);
    auto const first = t.give("GET /fine");
    BOOST_TEST(!first.idle);
    BOOST_TEST((first.until == t.home.steady_now() + t.shared.config->http.header_timeout));
    t.home.read_clock();
    auto const second = t.give(" HTTP/1.1\r\n");
    BOOST_TEST((second.until == first.until));
    auto const after = t.give("Host: a\r\n\r\n");
    BOOST_TEST(after.idle);
    BOOST_TEST((after.until == t.home.steady_now() + t.shared.config->http.idle_timeout));
}

BOOST_AUTO_TEST_CASE(a_body_has_a_deadline_of_its_own)
{
    test::talk t{rows};
    auto const body = t.give("POST /fine HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\n{");
    BOOST_TEST(!body.idle);
    BOOST_TEST((body.until == t.home.steady_now() + t.shared.config->http.body_timeout));
    t.home.read_clock();
    BOOST_TEST((t.give(" ").until == body.until));
}

BOOST_AUTO_TEST_CASE(an_end_in_the_middle_of_a_request_is_answered_and_one_between_requests_is_not)
{
    struct row
    {
        std::string bytes;
        texts at_end;
        texts at_timeout;
    };
    for (auto const& r : std::initializer_list<row>{
             {"", {}, {}},
             {"\r\n", {}, {}},
             {get("/fine"), {}, {}},
             {"G", {"400"}, {"408"}},
             {"POST /fine HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\n{", {"400"}, {"408"}},
         })
        BOOST_TEST_CONTEXT(r.bytes)
        {
            test::talk ends{rows};
            ends.give(r.bytes);
            ends.take();
            BOOST_TEST(ends.with.input_ended(ends.d).what == (r.at_end.empty() ? kind::close : kind::linger));
            BOOST_TEST(statuses(ends.take()) == r.at_end, boost::test_tools::per_element());
            test::talk stalls{rows};
            stalls.give(r.bytes);
            stalls.take();
            BOOST_TEST(stalls.with.timed_out(stalls.d).what == (r.at_timeout.empty() ? kind::close : kind::linger));
            BOOST_TEST(statuses(stalls.take()) == r.at_timeout, boost::test_tools::per_element());
        }
}

BOOST_AUTO_TEST_CASE(one_connection_too_many_is_told_so)
{
    test::talk t{rows};
    BOOST_TEST(t.with.turn_away(t.d).what == kind::linger);
    auto const response = t.take();
    BOOST_TEST(statuses(response) == texts{"503"}, boost::test_tools::per_element());
    BOOST_TEST(count(response, "OVERLOADED") == 1U);
}

BOOST_AUTO_TEST_CASE(an_exception_in_a_method_is_500_and_the_conversation_goes_on)
{
    constexpr std::string_view internal_error =
        R"({"status":{"code":"INTERNAL_ERROR","message":"Internal error.","description":null},"data":{}})";
    for (auto const* path : {"/throws", "/number", "/behind", "/wait"})
        BOOST_TEST_CONTEXT(path)
        {
            test::talk t{rows};
            auto next = t.give(get("/fine") + get(path) + get("/fine"));
            if (next.what == kind::respond)
            {
                t.begin_to_respond();
                BOOST_TEST(t.responded);
                next = t.with.advance(t.d);
            }
            BOOST_TEST(next.what == kind::read);
            auto const responses = t.take();
            BOOST_TEST(statuses(responses) == (texts{"200", "500", "200"}), boost::test_tools::per_element());
            BOOST_TEST(count(responses, internal_error) == 1U);
            BOOST_TEST(count(responses, "half") == 0U);
        }
}

BOOST_AUTO_TEST_CASE(what_was_thrown_is_in_the_log_and_not_in_the_response)
{
    test::talk t{rows};
    t.give(get("/throws") + get("/wait"));
    t.begin_to_respond();
    BOOST_TEST(count(t.take(), "on fire") == 0U);
    auto const log = t.log();
    BOOST_TEST(count(log, "disk on fire") == 1U);
    BOOST_TEST(count(log, "directory on fire") == 1U);
}

BOOST_AUTO_TEST_CASE(in_the_bare_dialect_500_has_no_body)
{
    test::talk t{rows};
    t.give(get("/unread"));
    auto const response = t.take();
    BOOST_TEST(response.starts_with("HTTP/1.1 500 "));
    BOOST_TEST(response.ends_with("Content-Length: 0\r\n\r\n"));
    BOOST_TEST(count(t.log(), "disk on fire") == 1U);
}

BOOST_AUTO_TEST_CASE(a_change_is_not_confirmed_before_the_store_has_it)
{
    for (auto const* path : {"/change", "/slow_change"})
        for (bool const kept : {true, false})
            BOOST_TEST_CONTEXT(path << (kept ? " kept" : " not kept"))
            {
                test::talk t{rows};
                test::store_on_command store;
                t.shared.services.file = &store;
                auto const change = "POST " + std::string{path} + " HTTP/1.1\r\nHost: a\r\n\r\n";
                BOOST_TEST(t.give(get("/fine") + change + get("/fine")).what == kind::respond);
                BOOST_TEST(statuses(t.d.sendable()) == texts{"200"}, boost::test_tools::per_element());
                t.begin_to_respond();
                BOOST_TEST(!t.responded);
                BOOST_TEST_REQUIRE(store.waiting.size() == 1U);
                store.settle(kept);
                t.run();
                BOOST_TEST(t.responded);
                BOOST_TEST(t.with.advance(t.d).what == kind::read);
                auto const responses = t.take();
                BOOST_TEST(statuses(responses) == (texts{"200", kept ? "200" : "503", "200"}),
                           boost::test_tools::per_element());
                BOOST_TEST(count(responses, "changed") == (kept ? 1U : 0U));
                BOOST_TEST(count(responses, "STORE_UNAVAILABLE") == (kept ? 0U : 1U));
            }
}

BOOST_AUTO_TEST_CASE(without_a_store_a_change_is_confirmed_at_once)
{
    test::talk t{rows};
    BOOST_TEST(t.give("POST /change HTTP/1.1\r\nHost: a\r\n\r\n").what == kind::read);
    BOOST_TEST(count(t.take(), "changed") == 1U);
}

BOOST_AUTO_TEST_CASE(a_method_may_find_that_it_has_to_wait)
{
    test::talk t{rows};
    BOOST_TEST(t.give(get("/sometimes?now")).what == kind::read);
    BOOST_TEST(t.give(get("/sometimes?later")).what == kind::respond);
    t.begin_to_respond();
    BOOST_TEST(t.responded);
    BOOST_TEST(statuses(t.take()) == (texts{"200", "200"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_drained_conversation_says_that_the_response_is_its_last_one)
{
    test::talk t{rows};
    BOOST_TEST(t.give(get("/wait")).what == kind::respond);
    t.with.drain();
    t.begin_to_respond();
    BOOST_TEST(t.with.advance(t.d).what == kind::close);
    BOOST_TEST(count(t.take(), "Connection: close\r\n") == 1U);

    test::talk draining{rows};
    draining.home.draining = true;
    BOOST_TEST(draining.give(get("/fine") + get("/fine")).what == kind::close);
    BOOST_TEST(count(draining.take(), "Connection: close\r\n") == 1U);
}

BOOST_AUTO_TEST_CASE(a_request_that_waits_keeps_the_setup_it_began_with)
{
    http_options options;
    options.verify_cookie = "old";
    test::talk t{rows, options};
    BOOST_TEST(t.give(get("/cookie") + get("/cookie")).what == kind::respond);
    auto responding = t.with.respond(t.d);
    auto ended = [](std::exception_ptr) {};
    asio::co_spawn(t.loop, std::move(responding), ended);
    for (auto const before = waiting_for_cookie; waiting_for_cookie == before;)
        t.loop.run_one();
    std::weak_ptr<setup const> const old = t.shared.config;
    options.verify_cookie = "new";
    t.home.config = t.shared.config = std::make_shared<setup const>(setup{options, test::asks({})});
    t.run();
    BOOST_TEST(t.take().ends_with("old"));
    BOOST_TEST(old.expired());
    BOOST_TEST(t.with.advance(t.d).what == kind::respond);
    t.begin_to_respond();
    BOOST_TEST(t.take().ends_with("new"));
}

BOOST_AUTO_TEST_CASE(allow_names_the_verbs_of_all_rows_of_a_path)
{
    struct row
    {
        std::string request;
        std::string status;
        std::string_view allow;
    };
    for (auto const& r : std::initializer_list<row>{
             {"GET /things", "200", ""},
             {"HEAD /things", "200", ""},
             {"POST /things/", "200", ""},
             {"PUT /things", "405", "Allow: GET, HEAD, POST\r\n"},
             {"GET /things/7", "405", "Allow: DELETE\r\n"},
             {"DELETE /things/7", "200", ""},
             {"DELETE /things/7/8", "404", ""},
         })
        BOOST_TEST_CONTEXT(r.request)
        {
            test::talk t{rows};
            t.give(r.request + " HTTP/1.1\r\nHost: a\r\n\r\n");
            auto const response = t.take();
            BOOST_TEST(statuses(response) == texts{r.status}, boost::test_tools::per_element());
            BOOST_TEST(count(response, "Allow: ") == (r.allow.empty() ? 0U : 1U));
            BOOST_TEST((r.allow.empty() || count(response, r.allow) == 1U));
        }
}

BOOST_AUTO_TEST_CASE(the_variable_segment_of_a_path_goes_to_the_method)
{
    test::talk t{rows};
    t.give("DELETE /things/a%20b/ HTTP/1.1\r\nHost: a\r\n\r\n");
    BOOST_TEST(t.take().ends_with("\r\n\r\na%20b"));
}

BOOST_AUTO_TEST_SUITE_END()

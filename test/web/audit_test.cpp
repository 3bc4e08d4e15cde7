// Answers that wait until their record is written.
#include "audit/audit_log.hpp"

#include "support/audit_target.hpp"
#include "support/count.hpp"
#include "web/talk.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <memory>
#include <string>
#include <vector>

using namespace tokend;
using tokend::test::count;
using kind = step::kind;

namespace {

answered refuses(request_view const&, request_context& ctx, reply& out)
{
    ctx.name_user("ACME", "alice");
    return out.refuse({code::invalid_token, {}, "dead"});
}
answered changes(request_view const&, request_context&, reply& out)
{
    out.ok("{}");
    return answered::when_durable;
}
answered answers(request_view const&, request_context&, reply& out) { return out.ok("{}"); }
task<answered> throws(request_view const&, request_context&, reply&)
{
    co_await asio::post(co_await asio::this_coro::executor, use_task);
    throw std::runtime_error{"directory on fire"};
}

constexpr std::array rows{
    route{.name = "refused", .verb = "", .path = "/refused", .audited = audited::changes, .answer = refuses},
    route{.name = "bare",
          .verb = "",
          .path = "/bare",
          .dialect = dialect::bare,
          .audited = audited::refusals,
          .answer = refuses},
    route{.name = "changed", .verb = "", .path = "/changed", .audited = audited::changes, .answer = changes},
    route{.name = "fine", .verb = "", .path = "/fine", .answer = answers},
    route{.name = "throws", .verb = "", .path = "/throws", .audited = audited::logins, .ask = throws},
};

std::string get(std::string_view path) { return "GET " + std::string{path} + " HTTP/1.1\r\nHost: a\r\n\r\n"; }

// A conversation whose decisions are recorded.
struct recorded
{
    std::shared_ptr<test::audit_target> to = std::make_shared<test::audit_target>();
    test::talk t{rows};
    audit_log audit;

    explicit recorded(on_audit_failure how)
        : audit{std::make_unique<test::scripted_sink>(to), {.on_failure = how}, t.shared.clock, t.shared.log}
    {
        t.shared.services.audit = &audit;
    }
    ~recorded() { t.shared.services.audit = nullptr; }

    // Completes a response whose record is written or refused meanwhile.
    void complete()
    {
        t.begin_to_respond();
        BOOST_TEST(test::eventually([&] {
            t.run();
            return t.responded;
        }));
        t.responded = false;
    }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(audit_)

BOOST_AUTO_TEST_CASE(an_answer_goes_out_when_its_record_is_written_and_those_before_it_at_once)
{
    recorded r{on_audit_failure::refuse};
    r.to->hang(true);
    BOOST_TEST(r.t.give(get("/fine") + get("/refused")).what == kind::respond);
    BOOST_TEST(count(r.t.take(), "HTTP/1.1 200") == 1U);
    r.t.begin_to_respond();
    r.to->await([&] { return r.to->in_call; });
    r.t.run();
    BOOST_TEST(!r.t.responded);
    BOOST_TEST(count(r.t.take(), "HTTP/1.1 401") == 0U);
    r.to->hang(false);
    BOOST_TEST(test::eventually([&] {
        r.t.run();
        return r.t.responded;
    }));
    BOOST_TEST(count(r.t.take(), "HTTP/1.1 401") == 1U);
    BOOST_TEST(r.to->lines() == std::vector<std::string>{"refused"}, boost::test_tools::per_element());
    BOOST_TEST(count(r.t.log(), "refused status=401 code=INVALID_TOKEN organisation=ACME user=alice reason=dead") ==
               1U);
}

BOOST_AUTO_TEST_CASE(without_a_record_the_answer_is_that_it_cannot_be_written)
{
    recorded r{on_audit_failure::refuse};
    r.to->take(0);
    for (auto const* const path : {"/refused", "/changed", "/bare"})
    {
        BOOST_TEST(r.t.give(get(path)).what == kind::respond);
        r.complete();
        auto const sent = r.t.take();
        BOOST_TEST(count(sent, path == std::string_view{"/bare"} ? "HTTP/1.1 500" : "HTTP/1.1 503") == 1U);
        BOOST_TEST(count(sent, "HTTP/1.1") == 1U);
    }
    r.to->take(100);
    r.to->await([&] { return r.to->got.size() == 3; });
    BOOST_TEST(r.to->lines() == (std::vector<std::string>{"refused", "changed", "bare"}),
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_refusal_waits_for_no_tokens_file)
{
    recorded r{on_audit_failure::refuse};
    test::store_on_command store;
    r.t.shared.services.file = &store;
    BOOST_TEST(r.t.give(get("/refused")).what == kind::respond);
    r.complete();
    BOOST_TEST(store.waiting.empty());
    BOOST_TEST(count(r.t.take(), "HTTP/1.1 401") == 1U);
}

BOOST_AUTO_TEST_CASE(a_change_is_recorded_when_it_is_in_the_tokens_file_and_as_it_is_answered)
{
    recorded r{on_audit_failure::refuse};
    test::store_on_command store;
    r.t.shared.services.file = &store;
    BOOST_TEST(r.t.give(get("/changed")).what == kind::respond);
    r.t.begin_to_respond();
    r.audit.flush();
    BOOST_TEST(r.to->lines().empty());
    store.settle(false);
    BOOST_TEST(test::eventually([&] {
        r.t.run();
        return r.t.responded;
    }));
    BOOST_TEST(count(r.t.take(), "HTTP/1.1 503") == 1U);
    r.to->await([&] { return r.to->got.size() == 1; });
}

BOOST_AUTO_TEST_CASE(a_method_that_throws_leaves_one_record)
{
    for (auto const how : {on_audit_failure::drop, on_audit_failure::refuse})
    {
        recorded r{how};
        BOOST_TEST(r.t.give(get("/throws")).what == kind::respond);
        r.complete();
        BOOST_TEST(count(r.t.take(), "HTTP/1.1 500") == 1U);
        r.to->await([&] { return r.to->got.size() == 1; });
    }
}

BOOST_AUTO_TEST_CASE(with_drop_nothing_waits)
{
    recorded r{on_audit_failure::drop};
    r.to->hang(true);
    BOOST_TEST(r.t.give(get("/fine") + get("/refused") + get("/changed")).what == kind::read);
    BOOST_TEST(count(r.t.take(), "HTTP/1.1") == 3U);
    r.to->hang(false);
    r.to->await([&] { return r.to->got.size() == 2; });
}

BOOST_AUTO_TEST_SUITE_END()

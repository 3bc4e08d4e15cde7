#include "audit/record.hpp"

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

#include <chrono>
#include <string>

using namespace tokend;
using namespace std::chrono_literals;

namespace {

constexpr timestamp noon{std::chrono::sys_days{std::chrono::year{2026} / 11 / 24} + 12h + 7ms};

}  // namespace

BOOST_AUTO_TEST_SUITE(record_)

BOOST_AUTO_TEST_CASE(a_record_is_exactly_this_line)
{
    audit_record r{.event = "switch_unit"};
    r.code = "OK";
    r.organisation = "ACME";
    r.user = "alice";
    r.unit = "SOUTH";
    r.backend = "staff";
    r.accessor = "JMJHlQg93zQH4oxlO3y6Rg";
    r.client = "192.0.2.7";
    r.request_id = "id-1";
    r.reason = "none";
    r.duration = 1234us;
    r.ended = 1;
    r.changed = 0;
    r.ended_accessor = "AAAAAAAAAAAAAAAAAAAAAA";
    BOOST_TEST(format_record(r, noon) ==
               R"({"ts":"2026-11-24T12:00:00.007Z","event":"switch_unit","code":"OK","organisation":"ACME",)"
               R"("user":"alice","unit":"SOUTH","backend":"staff","accessor":"JMJHlQg93zQH4oxlO3y6Rg",)"
               R"("client":"192.0.2.7","request_id":"id-1","reason":"none","us":1234,"ended":1,"changed":0,)"
               R"("ended_accessor":"AAAAAAAAAAAAAAAAAAAAAA"})"
               "\n");
}

BOOST_AUTO_TEST_CASE(what_is_not_known_is_empty_and_what_does_not_apply_is_left_out)
{
    BOOST_TEST(format_record({.event = "reload"}, noon) ==
               R"({"ts":"2026-11-24T12:00:00.007Z","event":"reload","code":"","organisation":"","user":"","unit":"",)"
               R"("backend":"","accessor":"","client":"","request_id":"","reason":""})"
               "\n");
    BOOST_TEST(format_loss(17, noon) == "{\"ts\":\"2026-11-24T12:00:00.007Z\",\"event\":\"lost\",\"records\":17}\n");
}

BOOST_AUTO_TEST_CASE(whatever_the_texts_hold_a_record_is_one_line_of_printable_json)
{
    std::string const hostile = "\"},{\"code\":\"OK\"\n\r\t\x01\x7f\\ \xff\xc0\x80 \xe2\x80\xae \xe2\x80\xa8 \xc2\x85";
    audit_record r{.event = hostile};
    for (auto* const member : {&r.code, &r.organisation, &r.user, &r.unit, &r.backend, &r.accessor, &r.client,
                               &r.request_id, &r.reason, &r.ended_accessor})
        *member = hostile;
    auto const line = format_record(r, noon);
    BOOST_TEST(line.find('\n') == line.size() - 1);
    for (auto const* const raw :
         {"\r", "\t", "\x01", "\x7f", "\xff", "\xc0", "\xe2\x80\xae", "\xe2\x80\xa8", "\xc2\x85"})
        BOOST_TEST(line.find(raw) == line.npos);
    auto const parsed = boost::json::parse(line).as_object();
    BOOST_TEST(parsed.size() == 12U);
    std::string const read = "\"},{\"code\":\"OK\"\n\r\t\x01\x7f\\ \xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd \xe2\x80\xae "
                             "\xe2\x80\xa8 \xc2\x85";
    for (auto const& [name, value] : parsed)
        if (name != "ts")
            BOOST_TEST((value.as_string() == read.c_str()), name);
}

BOOST_AUTO_TEST_SUITE_END()

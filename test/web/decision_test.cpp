#include "web/decision.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace tokend;

BOOST_AUTO_TEST_SUITE(decision_)

BOOST_AUTO_TEST_CASE(refusals_of_logins_leave_room_in_the_log_whatever_their_level)
{
    auto const room = [](code c) { return room_of(level_of(log_level::info, c), c); };
    for (auto const refused : {code::invalid_credentials, code::session_limit, code::token_store_full,
                               code::backend_unavailable, code::too_many_attempts})
        BOOST_TEST((room(refused) == log_room::most), to_string(refused));
    BOOST_TEST((room(code::ok) == log_room::all));
    BOOST_TEST((room(code::internal_error) == log_room::all));
}

BOOST_AUTO_TEST_CASE(a_full_share_is_a_warning_and_a_user_at_the_limit_is_not)
{
    BOOST_TEST((level_of(log_level::info, code::token_store_full) == log_level::warning));
    BOOST_TEST((level_of(log_level::info, code::session_limit) == log_level::info));
}

BOOST_AUTO_TEST_CASE(the_audit_log_keeps_decisions_and_no_junk)
{
    struct row
    {
        tokend::code code;
        std::string by;  // for which of refusals (r), changes (c) and logins (l) there is a record
    };
    for (auto const& [code, by] : std::initializer_list<row>{
             {code::ok, "cl"},
             {code::invalid_credentials, "rcl"},
             {code::invalid_token, "rcl"},
             {code::constraint_not_met, "rcl"},
             {code::too_many_attempts, "rcl"},
             {code::address_not_allowed, "rcl"},
             {code::unit_not_allowed, "rcl"},
             {code::no_default_unit, "rcl"},
             {code::not_renewable, "rcl"},
             {code::session_limit, "rcl"},
             {code::backend_unavailable, "rcl"},
             {code::store_unavailable, "rcl"},
             {code::token_store_full, "rcl"},
             {code::overloaded, "rcl"},
             {code::internal_error, "rcl"},
             {code::rate_limited, "l"},
             {code::malformed_request, ""},
             {code::request_timeout, ""},
             {code::payload_too_large, ""},
             {code::headers_too_large, ""},
             {code::not_found, ""},
             {code::method_not_allowed, ""},
             {code::unsupported_media_type, ""},
             {code::invalid_parameter, ""},
             {code::conflicting_credentials, ""},
             {code::missing_parameter, ""},
         })
    {
        BOOST_TEST(!is_audited(audited::nothing, code), to_string(code));
        BOOST_TEST(is_audited(audited::refusals, code) == (by.find('r') != by.npos), to_string(code));
        BOOST_TEST(is_audited(audited::changes, code) == (by.find('c') != by.npos), to_string(code));
        BOOST_TEST(is_audited(audited::logins, code) == (by.find('l') != by.npos), to_string(code));
    }
}

BOOST_AUTO_TEST_CASE(a_record_has_all_that_is_known)
{
    request_subject const about{.organisation = "ACME",
                                .username = "alice",
                                .unit = "SOUTH",
                                .backend = "staff",
                                .accessor = "new",
                                .ended_accessor = "old",
                                .ended = 1,
                                .is_issued = true};
    decision const d{.method = "switch_unit",
                     .subject = about,
                     .client_address = "192.0.2.7",
                     .request_id = "id",
                     .code = code::ok,
                     .reason = "why",
                     .duration = std::chrono::microseconds{17}};
    auto const r = record_of(d);
    BOOST_TEST((r.event == "switch_unit" && r.code == "OK" && r.organisation == "ACME" && r.user == "alice"));
    BOOST_TEST((r.unit == "SOUTH" && r.backend == "staff" && r.accessor == "new" && r.ended_accessor == "old"));
    BOOST_TEST((r.client == "192.0.2.7" && r.request_id == "id" && r.reason == "why"));
    BOOST_TEST((r.duration == std::chrono::microseconds{17} && r.ended == 1U && !r.changed));
}

BOOST_AUTO_TEST_SUITE_END()

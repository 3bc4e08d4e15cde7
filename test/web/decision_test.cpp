#include "web/decision.hpp"

#include <boost/test/unit_test.hpp>

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

BOOST_AUTO_TEST_SUITE_END()

#include "base/refusal.hpp"

#include <boost/test/unit_test.hpp>

#include <set>
#include <stdexcept>
#include <string>

using namespace tokend;

BOOST_AUTO_TEST_SUITE(refusal_)

BOOST_AUTO_TEST_CASE(every_code_has_a_name_of_its_own_a_status_and_a_sentence)
{
    std::set<std::string_view> names;
    for (int i = 0; i <= static_cast<int>(code::internal_error); ++i)
    {
        auto const c = static_cast<code>(i);
        auto const name = to_string(c);
        BOOST_TEST(name.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ_") == name.npos, name);
        BOOST_TEST(names.insert(name).second, name);
        BOOST_TEST((c == code::ok ? http_status(c) == 200 : http_status(c) >= 400 && http_status(c) < 600), name);
        BOOST_TEST((c == code::ok ? message_of(c).empty() : message_of(c).ends_with('.')), name);
    }
}

BOOST_AUTO_TEST_CASE(an_outage_a_denial_and_a_limit_have_statuses_of_their_own)
{
    BOOST_TEST(http_status(code::backend_unavailable) == 503U);
    BOOST_TEST(http_status(code::overloaded) == 503U);
    BOOST_TEST(http_status(code::invalid_credentials) == 401U);
    BOOST_TEST(http_status(code::unit_not_allowed) == 403U);
    BOOST_TEST(http_status(code::too_many_attempts) == 429U);
    BOOST_TEST(to_string(code::invalid_credentials) == "INVALID_CREDENTIALS");
    BOOST_TEST(message_of(code::invalid_credentials) == "The credentials are not valid.");
}

BOOST_AUTO_TEST_CASE(the_value_of_a_refusal_is_an_error_of_the_program_that_shows_no_reason)
{
    result<int> const refused = refusal{code::invalid_credentials, {}, "the exact reason"};
    BOOST_CHECK_EXCEPTION(refused.value(), std::logic_error, [](std::logic_error const& e) {
        std::string_view const what = e.what();
        return what.ends_with(": value() of a refusal: INVALID_CREDENTIALS");
    });
}

BOOST_AUTO_TEST_SUITE_END()

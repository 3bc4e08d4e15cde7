#include "web/methods/request_totals.hpp"

#include "web/methods/public_routes.hpp"
#include "web/parts.hpp"
#include "web/request_metrics.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <string_view>

using namespace tokend;

namespace {

struct fixture
{
    fixture() { shared.services.metrics = {&one, &other}; }

    static std::size_t number(std::string_view route)
    {
        return std::ranges::find(public_routes(), route, &route::name)->number;
    }
    // Which kind a request of that route with that code is; nothing if it is not counted.
    std::string_view kind(std::string_view route, code c)
    {
        auto const before = total_requests(shared.services);
        one.count(route.empty() ? 0 : number(route), c);
        auto const after = total_requests(shared.services);
        std::string_view found;
        for (std::size_t k = 0; k < request_kinds; ++k)
            if (after.counts[k] != before.counts[k])
            {
                BOOST_TEST(after.counts[k] == before.counts[k] + 1);
                BOOST_TEST(found.empty());  // no request counts twice
                found = plural_of(static_cast<request_kind>(k));
            }
        return found;
    }

    test::parts shared{{.level = log_level::error}};
    request_metrics one;
    request_metrics other;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(request_totals_, fixture)

BOOST_AUTO_TEST_CASE(logins_are_accepted_rejected_or_unavailable)
{
    for (auto const* const route : {"issue", "web_api_key"})
    {
        BOOST_TEST(kind(route, code::ok) == "logins_accepted");
        for (auto const c :
             {code::invalid_credentials, code::unit_not_allowed, code::no_default_unit, code::address_not_allowed})
            BOOST_TEST(kind(route, c) == "logins_rejected");
        BOOST_TEST(kind(route, code::backend_unavailable) == "logins_unavailable");
        BOOST_TEST(kind(route, code::malformed_request) == "");
    }
}

BOOST_AUTO_TEST_CASE(validations_count_whatever_they_say_of_the_token)
{
    BOOST_TEST(kind("validate", code::ok) == "validations");
    for (auto const c : {code::ok, code::invalid_token, code::constraint_not_met})
        BOOST_TEST(kind("verify", c) == "validations");
    BOOST_TEST(kind("validate", code::missing_parameter) == "");
    BOOST_TEST(kind("release", code::ok) == "");
}

BOOST_AUTO_TEST_CASE(limits_lock_outs_and_outages_are_refusals_on_every_route)
{
    for (auto const* const route : {"issue", "validate", "release", ""})
        for (auto const c : {code::too_many_attempts, code::rate_limited, code::overloaded, code::session_limit,
                             code::store_unavailable, code::token_store_full})
            BOOST_TEST(kind(route, c) == "refusals");
}

BOOST_AUTO_TEST_CASE(all_workers_are_added_up)
{
    one.count(number("validate"), code::ok);
    other.count(number("validate"), code::ok);
    other.add_time(number("verify"), std::chrono::microseconds{100});
    auto const sum = total_requests(shared.services);
    BOOST_TEST(sum[request_kind::validation] == 2U);
    BOOST_TEST(sum.validation_times.microseconds == 100U);
}

BOOST_AUTO_TEST_SUITE_END()

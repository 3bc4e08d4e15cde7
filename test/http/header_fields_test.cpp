#include "http/header_fields.hpp"

#include <boost/test/unit_test.hpp>

#include <string_view>

using namespace tokend;

BOOST_AUTO_TEST_SUITE(header_fields_)

BOOST_AUTO_TEST_CASE(a_name_is_known_in_any_case)
{
    BOOST_TEST((header_named("authorization") == header::authorization));
    BOOST_TEST((header_named("AUTHORIZATION") == header::authorization));
    BOOST_TEST((header_named("X-Request-ID") == header::x_request_id));
    BOOST_TEST((header_named("Transfer-Encoding") == header::transfer_encoding));
}

BOOST_AUTO_TEST_CASE(every_other_name_is_another_field)
{
    for (std::string_view const name : {"", "a", "authorizatio", "authorizations", "x_auth_token", "host ", "h\xf6st"})
        BOOST_TEST((header_named(name) == header::other), name);
}

BOOST_AUTO_TEST_CASE(fields_are_counted_by_name_and_the_first_one_is_found)
{
    header_fields fields{4};
    BOOST_TEST(fields.count(header::host) == 0U);
    BOOST_TEST(fields.first(header::host).empty());
    fields.add({header::cookie, "a"});
    fields.add({header::host, "one"});
    fields.add({header::host, "two"});
    BOOST_TEST(fields.count(header::host) == 2U);
    BOOST_TEST(fields.first(header::host) == "one");
    BOOST_TEST(fields.first(header::cookie) == "a");
    BOOST_TEST(fields.size() == 3U);
}

BOOST_AUTO_TEST_CASE(nothing_is_left_of_a_message_before)
{
    header_fields fields{4};
    fields.add({header::host, "one"});
    fields.clear();
    BOOST_TEST(fields.count(header::host) == 0U);
    BOOST_TEST(fields.first(header::host).empty());
    BOOST_TEST((fields.begin() == fields.end()));
}

BOOST_AUTO_TEST_SUITE_END()

#include "http/header_fields.hpp"

#include <boost/test/unit_test.hpp>

#include <iterator>
#include <string_view>
#include <utility>

using namespace tokend;

BOOST_AUTO_TEST_SUITE(header_fields_)

BOOST_AUTO_TEST_CASE(a_name_is_known_in_any_case)
{
    BOOST_TEST((header_named("authorization") == header::authorization));
    BOOST_TEST((header_named("AUTHORIZATION") == header::authorization));
    BOOST_TEST((header_named("X-Request-ID") == header::x_request_id));
    BOOST_TEST((header_named("Transfer-Encoding") == header::transfer_encoding));
    BOOST_TEST((header_named("X-FORWARDED-FOR") == header::x_forwarded_for));
    BOOST_TEST((header_named("Forwarded") == header::forwarded));
}

BOOST_AUTO_TEST_CASE(every_known_name_is_found)
{
    constexpr std::pair<std::string_view, header> names[] = {{"accept", header::accept},
                                                             {"authorization", header::authorization},
                                                             {"connection", header::connection},
                                                             {"content-encoding", header::content_encoding},
                                                             {"content-length", header::content_length},
                                                             {"content-type", header::content_type},
                                                             {"cookie", header::cookie},
                                                             {"expect", header::expect},
                                                             {"forwarded", header::forwarded},
                                                             {"host", header::host},
                                                             {"origin", header::origin},
                                                             {"transfer-encoding", header::transfer_encoding},
                                                             {"x-auth-token", header::x_auth_token},
                                                             {"x-forwarded-for", header::x_forwarded_for},
                                                             {"x-forwarded-uri", header::x_forwarded_uri},
                                                             {"x-original-uri", header::x_original_uri},
                                                             {"x-request-id", header::x_request_id}};
    BOOST_TEST(std::size(names) == static_cast<std::size_t>(header::other));
    for (auto const& [name, known] : names)
        BOOST_TEST((header_named(name) == known), name);
}

BOOST_AUTO_TEST_CASE(every_other_name_is_another_field)
{
    for (std::string_view const name :
         {"", "a", "abc", "authorizatio", "authorizations", "x_auth_token", "x-forwarded-fog", "host ", "h\xf6st",
          "transfer-encodings", "a-name-that-is-longer-than-all-the-others"})
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

#include "base/principal.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace tokend;
using namespace std::literals;

namespace {

principal sample()
{
    principal p;
    p.organisation = "CRMDEMO";
    p.backend = "staff";
    p.username = "jos\xc3\xa9";
    p.unit = "U1";
    p.units = {"U1", "U2"};
    p.groups = {"admins", ""};
    p.not_after = -5;
    p.client_address = "2001:db8::1";
    return p;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(principal_)

BOOST_AUTO_TEST_CASE(what_is_encoded_is_read_back)
{
    auto const p = sample();
    auto const bytes = encode(p);
    BOOST_REQUIRE(bytes);
    auto const v = decode(*bytes);
    BOOST_REQUIRE(v);
    BOOST_TEST(v->organisation == p.organisation);
    BOOST_TEST(v->username == p.username);
    BOOST_TEST(v->subject_id == "");
    BOOST_TEST(v->not_after == -5);
    BOOST_TEST(std::vector<std::string>(v->units.begin(), v->units.end()) == p.units, boost::test_tools::per_element());
    BOOST_TEST(std::vector<std::string>(v->groups.begin(), v->groups.end()) == p.groups,
               boost::test_tools::per_element());
    BOOST_TEST(v->units.contains("U2"));
    BOOST_TEST(!v->units.contains("U"));
}

BOOST_AUTO_TEST_CASE(the_address_of_the_client_is_not_part_of_the_bytes)
{
    auto here = sample();
    auto there = sample();
    there.client_address = "192.0.2.99";
    BOOST_TEST(*encode(here) == *encode(there));
}

// What 0.1.0 wrote for a login of alice from 192.0.2.7.
std::string const written_by_v1 = "\x39\x30\0\0\0\0\0\0"
                                  "\x04\0"
                                  "ACME"
                                  "\x05\0"
                                  "staff"
                                  "\x05\0"
                                  "alice"
                                  "\x02\0"
                                  "id"
                                  "\x05\0"
                                  "north"
                                  "\x09\0"
                                  "192.0.2.7"
                                  "\x0e\0\x05\0"
                                  "north"
                                  "\x05\0"
                                  "south"
                                  "\x08\0\x06\0"
                                  "admins"s;

BOOST_AUTO_TEST_CASE(the_form_of_version_0_1_0_gives_the_principal_and_the_address)
{
    auto const old = decode_v1(written_by_v1);
    BOOST_REQUIRE(old);
    BOOST_TEST(old->client_address == "192.0.2.7");
    principal alice;
    alice.organisation = "ACME";
    alice.backend = "staff";
    alice.username = "alice";
    alice.subject_id = "id";
    alice.unit = "north";
    alice.units = {"north", "south"};
    alice.groups = {"admins"};
    alice.not_after = 12345;
    BOOST_TEST(old->encoded == *encode(alice));
    for (std::size_t n = 0; n < written_by_v1.size(); ++n)
        BOOST_TEST(!decode_v1(std::span{written_by_v1}.first(n)));
    BOOST_TEST(!decode_v1(written_by_v1 + "x"));
    BOOST_TEST(!decode_v1(old->encoded));
}

BOOST_AUTO_TEST_CASE(a_prefix_of_the_bytes_is_never_read)
{
    auto const bytes = *encode(sample());
    for (std::size_t n = 0; n < bytes.size(); ++n)
        BOOST_TEST(!decode(std::span{bytes}.first(n)));
    BOOST_TEST(!decode(bytes + "x"));
}

BOOST_AUTO_TEST_CASE(more_than_the_limit_is_refused_whole)
{
    auto p = sample();
    p.groups.clear();
    auto const rest = encode(p)->size();
    p.groups = {std::string(max_principal_bytes - rest - 2, 'g')};
    BOOST_TEST(encode(p).has_value());
    p.groups.front() += 'g';
    BOOST_TEST(!encode(p));
}

BOOST_AUTO_TEST_SUITE_END()

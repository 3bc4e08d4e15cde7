#include "base/principal.hpp"

#include <boost/test/unit_test.hpp>

using namespace tokend;

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
    BOOST_TEST(v->client_address == p.client_address);
    BOOST_TEST(std::vector<std::string>(v->units.begin(), v->units.end()) == p.units, boost::test_tools::per_element());
    BOOST_TEST(std::vector<std::string>(v->groups.begin(), v->groups.end()) == p.groups,
               boost::test_tools::per_element());
    BOOST_TEST(v->units.contains("U2"));
    BOOST_TEST(!v->units.contains("U"));
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

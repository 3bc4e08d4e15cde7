// GET /openapi.json, the description of the HTTP interface.
#include "admin/administered_tokend.hpp"
#include "contract/contract.hpp"

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

using namespace tokend::test;

BOOST_AUTO_TEST_SUITE(description_)

BOOST_AUTO_TEST_CASE(everybody_gets_it_from_listeners_for_operators_alone)
{
    administered_tokend const tokend{"viewer"};
    auto const got = ask(tokend.tcp_address(), get("/openapi.json"));
    BOOST_TEST(got.status == 200);
    check_headers(got);
    auto const description = boost::json::parse(got.body);
    BOOST_TEST(description.at("openapi") == "3.1.0");
    BOOST_TEST(description.at("paths").as_object().contains("/authentication/token"));
    BOOST_TEST(ask(tokend.unix_address(), get("/openapi.json")).body == got.body);
    check_error(ask(tokend.address(), get("/openapi.json")), 404, "NOT_FOUND");
    check_error(ask(tokend.tcp_address(), post("/openapi.json", "{}")), 405, "METHOD_NOT_ALLOWED");
    raw_client client{tokend.tcp_address()};
    client.send(request("HEAD", "/openapi.json"));
    BOOST_TEST(client.receive_to_head().body_size() == got.body.size());
}

BOOST_AUTO_TEST_SUITE_END()

#include "tls/server_names.hpp"

#include <boost/test/unit_test.hpp>

using namespace tokend;

namespace {

constexpr int ecdsa = 1;
constexpr int rsa = 2;

using choice = server_names::choice;

choice found(server_names const& names, std::string_view server)
{
    auto const* const c = names.find(server);
    return c == nullptr ? choice{} : *c;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(server_names_)

BOOST_AUTO_TEST_CASE(a_name_finds_its_certificate_in_any_case)
{
    server_names const names{
        std::vector<certificate_offer>{{{"a.example", "b.example"}, ecdsa}, {{"c.example"}, ecdsa}}};
    BOOST_TEST((found(names, "a.example") == choice{0}));
    BOOST_TEST((found(names, "B.Example") == choice{0}));
    BOOST_TEST((found(names, "c.example") == choice{1}));
    BOOST_TEST(names.find("d.example") == nullptr);
    BOOST_TEST(names.find("") == nullptr);
    BOOST_TEST((names.usual() == choice{0}));
}

BOOST_AUTO_TEST_CASE(a_wildcard_stands_for_one_label_and_comes_after_an_exact_name)
{
    server_names const names{
        std::vector<certificate_offer>{{{"*.example"}, ecdsa}, {{"a.example"}, ecdsa}, {{"*.a.example"}, ecdsa}}};
    BOOST_TEST((found(names, "b.example") == choice{0}));
    BOOST_TEST((found(names, "a.example") == choice{1}));
    BOOST_TEST((found(names, "x.a.example") == choice{2}));
    BOOST_TEST(names.find("x.y.a.example") == nullptr);
    BOOST_TEST(names.find("example") == nullptr);
    BOOST_TEST(names.find(".example") == nullptr);
    BOOST_TEST(names.find("*.example") != nullptr);
}

BOOST_AUTO_TEST_CASE(two_kinds_of_keys_serve_one_name)
{
    server_names const names{std::vector<certificate_offer>{
        {{"a.example"}, ecdsa}, {{"a.example"}, rsa}, {{"a.example"}, rsa}, {{"b.example"}, rsa}}};
    BOOST_TEST((found(names, "a.example") == choice{0, 1}));
    BOOST_TEST((found(names, "b.example") == choice{3}));
    BOOST_TEST((names.usual() == choice{0, 1}));
}

BOOST_AUTO_TEST_CASE(a_wildcard_has_the_kind_of_key_that_the_exact_name_lacks)
{
    server_names const names{std::vector<certificate_offer>{{{"a.example"}, ecdsa}, {{"*.example"}, rsa}}};
    BOOST_TEST((found(names, "a.example") == choice{0, 1}));
    BOOST_TEST((found(names, "b.example") == choice{1}));
}

BOOST_AUTO_TEST_CASE(the_first_certificate_is_the_usual_one_even_without_a_name)
{
    server_names const names{std::vector<certificate_offer>{{{}, rsa}, {{"a.example"}, ecdsa}}};
    BOOST_TEST((names.usual() == choice{0}));
    BOOST_TEST((found(names, "a.example") == choice{1}));
    BOOST_TEST((names.all() == std::vector<choice>{{0}, {1}}));
}

BOOST_AUTO_TEST_SUITE_END()

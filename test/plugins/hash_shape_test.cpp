#include "common/hash_shape.hpp"

#include "plugins/hashes.hpp"

#include <boost/test/unit_test.hpp>

using namespace tokend::plugin;
using namespace tokend::test;

namespace {

void expect(std::string const& text, hash_scheme scheme, std::string_view strength)
{
    auto const shape = recognise_hash(text);
    BOOST_REQUIRE_MESSAGE(shape, text);
    BOOST_TEST((shape->scheme == scheme), text);
    BOOST_TEST(text.substr(0, shape->strength_size) == strength);
}

// The last character of a digest, and of bcrypt's salt, encodes fewer than six bits.
std::string const digest43 = std::string(42, 'x') + '/',
                  digest53 = std::string(21, 'x') + 'O' + std::string(30, 'x') + 'y',
                  digest86 = std::string(85, 'x') + '1';

}  // namespace

BOOST_AUTO_TEST_SUITE(hash_shape_)

BOOST_AUTO_TEST_CASE(a_hash_says_its_scheme_and_cost)
{
    expect(yescrypt_hash, hash_scheme::yescrypt, "$y$j75$");
    expect(htpasswd_hash, hash_scheme::bcrypt, "$2y$05$");
    expect(bcrypt_a_hash, hash_scheme::bcrypt, "$2a$05$");
    expect("$2b$31$" + digest53, hash_scheme::bcrypt, "$2b$31$");
    expect(sha512_hash, hash_scheme::sha512crypt, "$6$");
    expect("$6$rounds=1000$s$" + digest86, hash_scheme::sha512crypt, "$6$rounds=1000$");
    expect("$6$sixteen-bytes-of$" + digest86, hash_scheme::sha512crypt, "$6$");
}

BOOST_AUTO_TEST_CASE(what_is_not_whole_is_no_hash)
{
    for (auto const& text : {std::string{},
                             std::string{"$"},
                             std::string{"$y$"},
                             std::string{"$y$j9T$abcd"},
                             "$y$$abcd$" + digest43,
                             "$y$j9T$$" + digest43,
                             "$y$j9T$abcd$" + digest43 + 'x',
                             "$y$j9T$abcd$" + digest43.substr(1),
                             "$y$j9T$abcd$" + digest43.substr(1) + 'x',
                             "$y$j9T$a$" + digest43,
                             "$y$j9T$ab$" + digest43,
                             "$y$j9T$abc$" + digest43,
                             "$y$i9T$abcd$" + digest43,
                             "$y$j.T$abcd$" + digest43,
                             "$y$j9T$" + std::string(87, 's') + '$' + digest43,
                             "$2c$10$" + digest53,
                             "$2$10$" + digest53,
                             "$2b$03$" + digest53,
                             "$2b$32$" + digest53,
                             "$2b$1$" + digest53,
                             "$2b$100$" + digest53,
                             "$2b$10$" + digest53 + 'x',
                             "$2b$10$" + digest53.substr(1),
                             "$2b$10$" + std::string(22, 'x') + digest53.substr(22),
                             "$2b$10$" + digest53.substr(0, 52) + 'x',
                             "$6$$" + digest86,
                             "$6$salt$" + digest86.substr(0, 85) + '2',
                             "$6$s lt$" + digest86,
                             "$6$s;lt$" + digest86,
                             "$6$s\\lt$" + digest86,
                             "$6$s\xc3\xa4lt$" + digest86,
                             "$6$seventeen-bytes-o$" + digest86,
                             "$6$s!lt$" + digest86,
                             "$6$salt$" + digest86 + '$',
                             "$6$rounds=999$s$" + digest86,
                             "$6$rounds=0999$s$" + digest86,
                             "$6$rounds=1e6$s$" + digest86,
                             "$6$rounds=1000$" + digest86,
                             "$6$rounds=1234567890$s$" + digest86,
                             ' ' + yescrypt_hash,
                             yescrypt_hash + ' '})
        BOOST_TEST(!recognise_hash(text), text);
}

BOOST_AUTO_TEST_CASE(a_hash_that_costs_more_than_tokenctl_makes_is_too_costly)
{
    auto const yescrypt = [](std::string const& parameters) { return "$y$" + parameters + "$abcd$" + digest43; };
    auto const costs_too_much = [](std::string const& text) {
        auto const shape = recognise_hash(text);
        BOOST_REQUIRE_MESSAGE(shape, text);
        return shape->is_too_costly;
    };
    for (auto const& fair : {"$2b$16$" + digest53, "$6$rounds=10000000$s$" + digest86, "$6$salt$" + digest86,
                             yescrypt("j9T"), yescrypt("j75"), yescrypt("jFT")})  // jFT: cost 11, N = 2^18, r = 32
        BOOST_TEST(!costs_too_much(fair), fair);
    for (auto const& dear : {"$2b$17$" + digest53, "$2y$31$" + digest53, "$6$rounds=10000001$s$" + digest86,
                             "$6$rounds=999999999$s$" + digest86, yescrypt("jGT"),  // N = 2^19
                             yescrypt("jFU"),                                       // r = 33
                             yescrypt("jFT.."),                                     // p = 2
                             yescrypt("jFT/.")})                                    // t = 1
        BOOST_TEST(costs_too_much(dear), dear);
    BOOST_TEST(!recognise_hash(yescrypt("zzzz")));  // incomplete parameters
    BOOST_TEST(!recognise_hash(yescrypt("j9")));
    BOOST_TEST(!recognise_hash(yescrypt("j9T...")));  // more than the parameters
}

BOOST_AUTO_TEST_SUITE_END()

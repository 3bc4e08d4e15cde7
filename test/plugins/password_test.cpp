#include "common/password.hpp"

#include "plugins/expect.hpp"
#include "plugins/hashes.hpp"

#include <array>
#include <stdexcept>
#include <system_error>
#include <vector>

using namespace tokend::plugin;
using namespace tokend::test;

namespace {

constexpr std::array<std::string_view, 3> scheme_names{"yescrypt", "bcrypt", "sha512crypt"};

password_hash cheap(std::string_view secret, hash_scheme scheme)
{
    return make_hash(secret, scheme,
                     scheme == hash_scheme::yescrypt ? 1UL
                     : scheme == hash_scheme::bcrypt ? 4UL
                                                     : 1000UL);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(password_)

BOOST_AUTO_TEST_CASE(hashes_that_others_made_match_their_password_alone)
{
    struct
    {
        std::string hash;
        std::string_view secret;
    } const known[] = {
        {htpasswd_hash, "myPassword"}, {bcrypt_a_hash, "U*U"}, {sha512_hash, "Hello world!"}, {yescrypt_hash, "demo"}};
    for (auto const& [text, password] : known)
    {
        password_hash const hash{text};
        BOOST_TEST(hash.matches(password));
        BOOST_TEST(!hash.matches(std::string{password} + ' '));
        BOOST_TEST(!hash.matches("wrong"));
        BOOST_TEST(!hash.matches(""));
    }
}

BOOST_AUTO_TEST_CASE(a_new_hash_of_each_scheme_matches_and_is_salted)
{
    for (auto const name : scheme_names)
    {
        auto const scheme = *parse_hash_scheme(name);
        auto const hash = cheap("päßword", scheme);
        BOOST_TEST(hash.matches("päßword"));
        BOOST_TEST(!hash.matches("passwort"));
        BOOST_TEST(hash.text() != cheap("päßword", scheme).text());
    }
    BOOST_TEST(!parse_hash_scheme("yes"));
    BOOST_TEST(!parse_hash_scheme(""));
}

BOOST_AUTO_TEST_CASE(new_hashes_cost_a_tenth_of_a_second_unless_told_otherwise)
{
    BOOST_TEST(make_hash("x", hash_scheme::yescrypt).strength() == "$y$j9T$");
    BOOST_TEST(make_hash("x", hash_scheme::sha512crypt).strength() == "$6$rounds=200000$");
    BOOST_TEST(make_hash("x", hash_scheme::bcrypt).strength() == "$2b$12$");
    BOOST_TEST(cheap("x", hash_scheme::bcrypt).strength() == "$2b$04$");
    BOOST_TEST(password_hash{sha512_hash}.strength() == "$6$");
}

BOOST_AUTO_TEST_CASE(a_cost_out_of_range_is_an_error)
{
    auto const make = [](hash_scheme scheme, hash_cost cost) {
        return [=] { static_cast<void>(make_hash("x", scheme, cost)); };
    };
    expect_error<std::invalid_argument>(make(hash_scheme::yescrypt, 0),
                                        "a cost of 0 is out of range: yescrypt takes 1 to 11");
    expect_error<std::invalid_argument>(make(hash_scheme::bcrypt, 17),
                                        "a cost of 17 is out of range: bcrypt takes 4 to 16");
    expect_error<std::invalid_argument>(make(hash_scheme::sha512crypt, 999),
                                        "a cost of 999 is out of range: sha512crypt takes 1000 to 10000000");
}

BOOST_AUTO_TEST_CASE(bcrypt_never_matches_what_it_would_cut)
{
    std::string const longest(72, 'a');
    auto const hash = cheap(longest, hash_scheme::bcrypt);
    BOOST_TEST(hash.matches(longest));
    BOOST_TEST(!hash.matches(longest + 'a'));
    BOOST_TEST(!hash.matches(std::string(1024, 'a')));
    expect_error<std::invalid_argument>([&] { cheap(longest + 'a', hash_scheme::bcrypt); },
                                        "the secret is longer than 72 bytes, which bcrypt would cut");
}

BOOST_AUTO_TEST_CASE(the_other_schemes_take_511_bytes_and_all_of_them_count)
{
    std::string const longest(511, 'a');
    for (auto const scheme : {hash_scheme::yescrypt, hash_scheme::sha512crypt})
    {
        auto const hash = cheap(longest, scheme);
        BOOST_TEST(hash.matches(longest));
        BOOST_TEST(!hash.matches(longest.substr(0, 510) + 'b'));
        BOOST_TEST(!hash.matches(longest + 'a'));
        BOOST_TEST(!hash.matches(std::string(1024, 'a')));
        expect_error<std::invalid_argument>([&] { cheap(longest + 'a', scheme); },
                                            "the secret is longer than 511 bytes");
    }
}

BOOST_AUTO_TEST_CASE(a_secret_with_a_nul_or_without_a_byte_never_matches)
{
    using namespace std::string_view_literals;
    auto const hash = cheap("abc", hash_scheme::sha512crypt);
    BOOST_TEST(hash.matches("abc"sv));
    BOOST_TEST(!hash.matches("abc\0"sv));
    BOOST_TEST(!hash.matches("abc\0def"sv));
    BOOST_TEST(!hash.matches(""sv));
    expect_error<std::invalid_argument>([] { cheap("a\0"sv, hash_scheme::bcrypt); }, "the secret contains a NUL");
    expect_error<std::invalid_argument>([] { cheap("", hash_scheme::bcrypt); }, "the secret is empty");
}

BOOST_AUTO_TEST_CASE(a_locked_hash_matches_nothing)
{
    for (auto const& text : {std::string{"*"}, std::string{"!"}, std::string{"*0"}, '!' + yescrypt_hash})
    {
        password_hash const hash{text};
        BOOST_TEST(hash.locked());
        BOOST_TEST(!hash.matches("demo"));
        BOOST_TEST(!hash.matches(text));
    }
    BOOST_TEST(!password_hash{yescrypt_hash}.locked());
}

BOOST_AUTO_TEST_CASE(a_weak_scheme_is_told_from_a_broken_hash)
{
    auto const parse = [](std::string text) { return [text] { password_hash const hash{text}; }; };
    for (auto const* weak :
         {"$1$abc$OGyl6dDvZCDiGmIVbeuCq/", "$5$abc$sCOGUciM.GdmYMCUvmUcgu03oRH87O0clF96.9mwWGB", "abiQ6Ep3EYTHc"})
        expect_error<std::invalid_argument>(
            parse(weak), "a hash of a weak scheme, or none; yescrypt ($y$), bcrypt ($2b$, $2y$, $2a$) "
                         "or sha512crypt ($6$) was meant");
    auto const cut = yescrypt_hash.substr(0, yescrypt_hash.size() - 1);
    for (auto const& broken : {cut, std::string{}, std::string{"$apr1$x$y"}, std::string{"{SHA}abc"},
                               std::string{"$argon2id$v=19$m=1,t=1$a$b"},
                               std::string{"$2y$99$c4WoMPo3SXsafkva.HHa6uXQZWr7oboPiC2bT/r7q1BB8I2s0BRqC"},
                               sha512_hash + '.', std::string{"$6$salt"}, "$2y$05$" + std::string(8000, 'a')})
        expect_error<std::invalid_argument>(parse(broken),
                                            "no whole hash of yescrypt ($y$), bcrypt ($2b$, $2y$, $2a$) or sha512crypt "
                                            "($6$), nor '*' or '!' for none");
}

BOOST_AUTO_TEST_CASE(what_cannot_be_computed_is_an_outage_and_no_denial)
{
    BOOST_CHECK_THROW(static_cast<void>(password_hash{uncomputable_hash}.matches("x")), std::system_error);
}

BOOST_AUTO_TEST_CASE(the_decoy_is_the_costliest_hash)
{
    std::vector<password_hash> hashes{password_hash{"*"}, password_hash{htpasswd_hash}, password_hash{sha512_hash},
                                      password_hash{htpasswd_hash}};
    BOOST_TEST(choose_decoy(hashes).strength() == "$2y$05$");
    hashes.push_back(make_hash("x", hash_scheme::sha512crypt, 20'000));
    BOOST_TEST(choose_decoy(hashes).strength() == "$6$rounds=20000$");
    hashes.push_back(make_hash("x", hash_scheme::yescrypt, 5));
    BOOST_TEST(choose_decoy(hashes).strength() == "$y$j9T$");
    hashes.push_back(make_hash("x", hash_scheme::bcrypt, 9));
    BOOST_TEST(choose_decoy(hashes).strength() == "$2b$09$");
    hashes.resize(1, password_hash{"*"});
    BOOST_TEST(choose_decoy(hashes).strength() == "$y$j9T$");
    BOOST_TEST(choose_decoy({}).strength() == "$y$j9T$");
    BOOST_TEST(!choose_decoy({}).matches("x"));  // the decoy can be computed: no error
}

BOOST_AUTO_TEST_SUITE_END()

#include "access_token/code_key.hpp"

#include "plugins/expect.hpp"

#include <stdexcept>

using namespace tokend::plugin;
using namespace tokend::test;

namespace {

std::string repeated(std::string_view part, std::size_t times)
{
    std::string text;
    while (times-- > 0)
        text += part;
    return text;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(code_key_)

BOOST_AUTO_TEST_CASE(a_digest_is_hmac_sha256)
{
    // RFC 4231, test case 6.
    BOOST_TEST(code_key{repeated("aa", 131)}.digest("Test Using Larger Than Block-Size Key - Hash Key First") ==
               "$hmac-sha256$60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

BOOST_AUTO_TEST_CASE(hex_digits_stand_for_their_bytes_and_other_text_for_itself)
{
    auto const of = [](std::string const& key) { return code_key{key}.digest("code"); };
    BOOST_TEST(of(repeated("7a", 32)) == of(std::string(32, 'z')));
    BOOST_TEST(of(repeated("7A", 32)) == of(std::string(32, 'z')));
    BOOST_TEST(of(repeated("7a", 32)) != of(repeated("7b", 32)));
    BOOST_TEST(of(repeated("a", 65)) != of(repeated("a", 64)));  // an odd number of digits is not decoded
}

BOOST_AUTO_TEST_CASE(a_short_key_is_refused)
{
    auto const make = [](std::string text) { return [text] { code_key const key{text}; }; };
    auto const error = [](int bytes) {
        return "key: " + std::to_string(bytes) +
               " bytes, at least 32 were meant: 64 hex digits, or 32 bytes of another kind";
    };
    expect_error<std::invalid_argument>(make(""), error(0));
    expect_error<std::invalid_argument>(make(std::string(31, 'z')), error(31));
    expect_error<std::invalid_argument>(make(std::string(62, 'a')), error(31));
    expect_error<std::invalid_argument>(make(std::string(32, 'a')), error(16));
}

BOOST_AUTO_TEST_CASE(a_digest_is_told_from_everything_else)
{
    auto const digest = code_key{std::string(32, 'z')}.digest("code");
    BOOST_TEST(is_code_digest(digest));
    BOOST_TEST(!is_code_digest(digest.substr(1)));
    BOOST_TEST(!is_code_digest(digest + 'a'));
    BOOST_TEST(!is_code_digest(digest.substr(0, digest.size() - 1) + 'G'));
    BOOST_TEST(!is_code_digest("$hmac-sha256$" + std::string(64, 'A')));
    BOOST_TEST(!is_code_digest(""));
}

BOOST_AUTO_TEST_SUITE_END()

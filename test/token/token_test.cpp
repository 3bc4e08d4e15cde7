#include "token/token.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cstring>
#include <set>
#include <string>
#include <thread>

using namespace tokend;

namespace {

constexpr std::string_view zeros = "00000000000000000000000000000000";
constexpr std::string_view counting = "000102030405060708090A0B0C0D0E0F";

std::string accessor_of(std::string_view text)
{
    return std::string{write_accessor(digest(parse_token(text).value())).view()};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(token_)

BOOST_AUTO_TEST_CASE(it_is_written_in_upper_case_and_read_in_either)
{
    std::string_view const upper = "4AD9C84FA60F9FE407140E20F707726A";
    auto const bits = parse_token(upper);
    BOOST_REQUIRE(bits.has_value());
    BOOST_TEST((*bits)[0] == 0x4a);
    BOOST_TEST((*bits)[15] == 0x6a);
    BOOST_TEST(write_token(*bits).reveal() == upper);
    BOOST_TEST((parse_token("4ad9c84fa60f9fe407140e20f707726a") == bits));
    BOOST_TEST((parse_token("4aD9c84FA60f9fe407140E20F707726a") == bits));
}

BOOST_AUTO_TEST_CASE(anything_else_is_no_token)
{
    for (std::string_view const bad :
         {"", "0", "0000000000000000000000000000000", "000000000000000000000000000000000",
          "0000000000000000000000000000000g", " 000000000000000000000000000000", "00000000000000000000000000000000 ",
          "0x000000000000000000000000000000", "-0000000000000000000000000000000", "{0000000000000000000000000000-0}"})
        BOOST_TEST(!parse_token(bad).has_value());
}

BOOST_AUTO_TEST_CASE(of_all_characters_22_are_hex_digits)
{
    int accepted = 0;
    for (int c = 0; c < 256; ++c)
        for (std::size_t const place : {0U, 31U})
        {
            std::string text{zeros};
            text[place] = static_cast<char>(c);
            accepted += parse_token(text).has_value();
        }
    BOOST_TEST(accepted == 2 * 22);
}

// printf 000102030405060708090A0B0C0D0E0F | xxd -r -p | sha256sum | head -c 32, and in base64url without padding.
BOOST_AUTO_TEST_CASE(the_key_is_the_first_half_of_sha256)
{
    auto const key = digest(parse_token(counting).value());
    unsigned char const expected[] = {0xbe, 0x45, 0xcb, 0x26, 0x05, 0xbf, 0x36, 0xbe,
                                      0xbd, 0xe6, 0x84, 0x84, 0x1a, 0x28, 0xf0, 0xfd};
    BOOST_TEST(std::memcmp(&key, expected, sizeof expected) == 0);
    BOOST_TEST(accessor_of(counting) == "vkXLJgW_Nr695oSEGijw_Q");
    BOOST_TEST(accessor_of(zeros) == "N0cI__dxndWXnsh11WzSKA");
}

BOOST_AUTO_TEST_CASE(every_thread_gets_the_same_key)
{
    auto const bits = parse_token(counting).value();
    token_key elsewhere;
    std::thread{[&] { elsewhere = digest(bits); }}.join();
    BOOST_TEST((elsewhere == digest(bits)));
}

BOOST_AUTO_TEST_CASE(an_accessor_reads_back_as_its_key)
{
    for (auto const key : {token_key{0, 0}, token_key{~0ULL, ~0ULL}, token_key{0x0123456789abcdef, 0xfedcba9876543210}})
    {
        auto const text = write_accessor(key);
        BOOST_TEST((parse_accessor(text.view()) == key));
    }
}

BOOST_AUTO_TEST_CASE(a_key_has_one_accessor_and_other_texts_have_no_key)
{
    auto const text = std::string{write_accessor({1, 2}).view()};
    BOOST_TEST(!parse_accessor("").has_value());
    BOOST_TEST(!parse_accessor(text.substr(1)).has_value());
    BOOST_TEST(!parse_accessor(text + "A").has_value());
    BOOST_TEST(!parse_accessor(text + "==").has_value());
    std::set<char> last;
    int inner = 0;
    for (int c = 0; c < 256; ++c)
    {
        auto changed = text;
        changed.back() = static_cast<char>(c);
        if (parse_accessor(changed))
            last.insert(changed.back());
        changed = text;
        changed[5] = static_cast<char>(c);
        inner += parse_accessor(changed).has_value();
    }
    BOOST_TEST((last == std::set<char>{'A', 'Q', 'g', 'w'}));  // two bits of the key, the rest zero
    BOOST_TEST(inner == 64);
}

BOOST_AUTO_TEST_CASE(digits_are_wiped_when_they_go)
{
    alignas(token_text) unsigned char place[sizeof(token_text)];
    auto* const text = new (place) token_text{write_token(parse_token(counting).value())};
    BOOST_TEST(text->reveal() == counting);
    text->~token_text();
    BOOST_TEST(std::all_of(std::begin(place), std::end(place), [](unsigned char c) { return c == 0; }));
}

BOOST_AUTO_TEST_SUITE_END()

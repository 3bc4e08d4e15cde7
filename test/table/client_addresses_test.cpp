#include "table/client_addresses.hpp"

#include "table/tokens.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

using namespace tokend;
using namespace tokend::testing;
using namespace std::literals;

namespace {

insert_result put_from(table& kept, token_key key, std::string_view address, std::string const& who = alice)
{
    auto whose = kept.prepare(who, who);
    whose.address = address;
    return kept.insert(key, whose, noon, noon + seconds{60}, noon);
}

std::map<std::uint64_t, std::string> listed(table& kept)
{
    std::map<std::uint64_t, std::string> all;
    found_token found;
    for (token_walk walk{kept, [](auto) { return true; }}; walk.next(noon, found);)
        all[found.key.a] = walk.address();
    return all;
}

std::string address_of(int number) { return "2001:db8::" + std::to_string(number); }

}  // namespace

BOOST_AUTO_TEST_SUITE(client_addresses_)

BOOST_AUTO_TEST_CASE(one_user_from_thousands_of_addresses_is_one_principal)
{
    table kept{{.capacity = 4096}};
    std::string const many_groups(7000, 'g');
    std::map<std::uint64_t, std::string> expected;
    for (int i = 0; i < 4096; ++i)
    {
        auto const key = random_key();
        BOOST_REQUIRE(put_from(kept, key, address_of(i), many_groups) == insert_result::done);
        expected[key.a] = address_of(i);
    }
    BOOST_TEST(kept.census().records == 1U);
    BOOST_TEST(kept.census().addresses == 4096U);
    BOOST_TEST((listed(kept) == expected));
    check_consistent(kept);
}

BOOST_AUTO_TEST_CASE(an_address_is_kept_once_and_goes_with_its_last_token)
{
    table kept{{.capacity = 100}};
    auto const first = random_key();
    auto const second = random_key();
    auto const third = random_key();
    put_from(kept, first, "192.0.2.7");
    put_from(kept, second, "192.0.2.7", bob);
    put_from(kept, third, "192.0.2.8");
    BOOST_TEST(kept.census().addresses == 2U);
    BOOST_TEST(kept.census().addressed == 3U);
    BOOST_TEST(kept.address_of(second).view() == "192.0.2.7");
    BOOST_TEST(kept.erase(first, noon));
    BOOST_TEST(kept.address_of(first).view() == "");
    BOOST_TEST(kept.address_of(second).view() == "192.0.2.7");
    std::size_t position = 0;
    kept.sweep_slice(position, 1000, noon + seconds{60});
    BOOST_TEST(kept.size() == 0U);
    BOOST_TEST(kept.census().addresses == 0U);
    BOOST_TEST(kept.census().addressed == 0U);
}

BOOST_AUTO_TEST_CASE(the_slot_of_a_token_with_an_address_tells_nothing_of_it_to_the_next)
{
    table kept{{.capacity = 1}};
    for (int i = 0; i < 200; ++i)  // sooner or later in each slot
    {
        auto const key = random_key();
        put_from(kept, key, address_of(i));
        BOOST_TEST(kept.address_of(key).view() == address_of(i));
        BOOST_TEST(kept.erase(key, noon));
        auto const other = random_key();
        put_from(kept, other, "");
        BOOST_TEST(kept.address_of(other).view() == "");
        BOOST_TEST(kept.erase(other, noon));
    }
}

BOOST_AUTO_TEST_CASE(an_address_without_room_is_unknown_and_no_insert_fails_for_it)
{
    table kept{{.capacity = 1000, .record_bytes = 16 * 1024}};
    std::vector<token_key> keys;
    std::size_t unknown = 0;
    for (int i = 0; i < 1000; ++i)
    {
        auto const key = keys.emplace_back(random_key());
        BOOST_REQUIRE(put_from(kept, key, address_of(i)) == insert_result::done);
        unknown += kept.address_of(key).view().empty();
    }
    BOOST_TEST(unknown == 1000U - 127U);  // two cells each of 255
    for (auto const key : keys)
        BOOST_TEST(kept.erase(key, noon));
    put_from(kept, keys[0], std::string(client_address::max_bytes, 'x'));
    put_from(kept, keys[1], std::string(client_address::max_bytes + 1, 'x'));
    BOOST_TEST(kept.address_of(keys[0]).view() == std::string(client_address::max_bytes, 'x'));
    BOOST_TEST(kept.address_of(keys[1]).view() == "");
}

BOOST_AUTO_TEST_CASE(a_refused_insert_leaves_no_address)
{
    table kept{{.capacity = 1}};
    put_from(kept, random_key(), "192.0.2.7");
    BOOST_TEST(put_from(kept, random_key(), "192.0.2.8") == insert_result::full);
    table small{{.capacity = 100, .record_bytes = 16 * 1024}};
    put(small, random_key(), std::string(8000, 'x'));
    put(small, random_key(), std::string(7000, 'y'));
    BOOST_TEST(put_from(small, random_key(), "192.0.2.8", std::string(8000, 'z')) == insert_result::full);
    BOOST_TEST(kept.census().addresses == 1U);
    BOOST_TEST(small.census().addresses == 0U);
}

BOOST_AUTO_TEST_SUITE_END()

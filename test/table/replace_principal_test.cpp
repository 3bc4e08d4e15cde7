#include "table/tokens.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

using namespace tokend;
using namespace tokend::testing;

namespace {

// Tokens of alice, with principals whose bytes begin with her name.
struct replaced
{
    table kept{{.capacity = 1000, .record_bytes = 64 * 1024, .stripes = 2}};

    token_owner whose(std::string const& principal) const { return kept.prepare(principal, alice); }
    token_key issue(std::string const& principal, seconds issued = seconds{0}, std::string_view address = {})
    {
        auto const key = random_key();
        auto who = whose(principal);
        who.address = address;
        BOOST_REQUIRE(kept.insert(key, who, noon + issued, noon + seconds{10'000}, noon + issued) ==
                      insert_result::done);
        return key;
    }
    std::size_t replace(std::string const& from, std::string const& to, std::size_t most = 1000)
    {
        return kept.replace_principal(from, whose(to), most);
    }
    std::string principal_of(token_key key) const
    {
        found_token found;
        if (!kept.find(key, noon, found))
            return "";
        return {found.principal().data(), found.principal().size()};
    }
    token_walk walk()
    {
        return {kept, std::string{alice}, [](auto) { return true; }};
    }
    std::vector<token_key> listed()
    {
        std::vector<token_key> keys;
        found_token found;
        for (auto all = walk(); all.next(noon, found);)
            keys.push_back(found.key);
        return keys;
    }
};

using keys_of = std::vector<token_key>;

}  // namespace

BOOST_FIXTURE_TEST_SUITE(replace_principal_, replaced)

BOOST_AUTO_TEST_CASE(tokens_get_another_principal_and_keep_times_and_addresses)
{
    auto const first = issue("alice admin", seconds{1}, "192.0.2.1");
    auto const second = issue("alice admin", seconds{2}, "192.0.2.2");
    auto const other = issue("alice south", seconds{3});
    BOOST_TEST(replace("alice admin", "alice user") == 2U);
    BOOST_TEST(principal_of(first) == "alice user");
    BOOST_TEST(principal_of(second) == "alice user");
    BOOST_TEST(principal_of(other) == "alice south");
    found_token found;
    BOOST_REQUIRE(kept.find(second, noon, found));
    BOOST_TEST((found.issued_at == noon + seconds{2} && found.expires_at == noon + seconds{10'000}));
    BOOST_TEST(kept.address_of(second).view() == "192.0.2.2");
    BOOST_TEST(kept.census().records == 2U);
    check_consistent(kept);
    BOOST_TEST(kept.erase(first, noon));
    BOOST_TEST(kept.touch(second, noon + seconds{20'000}, noon));
    BOOST_TEST(kept.erase(second, noon));
    BOOST_TEST(kept.census().records == 1U);
    check_consistent(kept);
}

BOOST_AUTO_TEST_CASE(nothing_changes_without_such_tokens_or_with_an_equal_principal)
{
    auto const key = issue("alice admin");
    BOOST_TEST(replace("alice nobody", "alice user") == 0U);
    BOOST_TEST(replace("alice admin", "alice admin") == 0U);
    BOOST_TEST(replace("alice admin", "alice user", 0) == 0U);
    BOOST_TEST(principal_of(key) == "alice admin");
    BOOST_TEST(kept.census().records == 1U);
}

BOOST_AUTO_TEST_CASE(it_goes_in_slices_and_whoever_comes_meanwhile_is_kept_apart)
{
    for (int i = 0; i < 5; ++i)
        issue("alice admin", seconds{i});
    BOOST_TEST(replace("alice admin", "alice user", 2) == 2U);
    auto const late = issue("alice admin", seconds{10});
    BOOST_TEST(kept.census().records == 3U);
    BOOST_TEST(replace("alice admin", "alice user", 3) == 3U);
    BOOST_TEST(principal_of(late) == "alice user");
    BOOST_TEST(replace("alice admin", "alice user", 3) == 1U);
    BOOST_TEST(kept.census().records == 1U);
    for (auto const key : listed())
        BOOST_TEST(principal_of(key) == "alice user");
    BOOST_TEST(listed().size() == 6U);
    check_consistent(kept);
}

BOOST_AUTO_TEST_CASE(the_oldest_stays_first_whatever_is_put_together)
{
    for (std::size_t const most : {1U, 3U, 100U})
    {
        std::map<int, token_key> by_age;
        std::minstd_rand random{static_cast<unsigned>(most)};
        for (int second = 0; second < 60; ++second)
            by_age[second] = issue(random() % 2 == 0 ? "alice admin" : "alice user", seconds{second});
        while (replace("alice admin", "alice user", most) == most)
            ;
        keys_of expected;
        for (auto const& [second, key] : by_age)
            expected.push_back(key);
        BOOST_TEST((listed() == expected));
        while (replace("alice user", "alice again", most) == most)
            ;
        BOOST_TEST((listed() == expected));
        for (auto const key : expected)
            BOOST_REQUIRE(kept.erase(key, noon));
        BOOST_TEST(kept.census().records == 0U);
    }
}

BOOST_AUTO_TEST_CASE(without_room_for_the_principal_nothing_changes)
{
    std::vector<token_key> others;
    auto const key = issue("alice admin");
    for (int i = 0; kept.size() < 1000; ++i)
    {
        auto const other = random_key();
        if (put(kept, other, std::to_string(i) + std::string(8000, '.'), seconds{10'000}) != insert_result::done)
            break;
        others.push_back(other);
    }
    std::string const large = "alice " + std::string(8000, 'g');
    BOOST_TEST(replace("alice admin", large) == 0U);
    BOOST_TEST(principal_of(key) == "alice admin");
    issue("alice admin");
    BOOST_TEST(kept.census().records == others.size() + 1);
    BOOST_TEST(kept.erase(others[0], noon));
    BOOST_TEST(replace("alice admin", large) == 2U);
    BOOST_TEST(principal_of(key) == large);
    check_consistent(kept);
}

BOOST_AUTO_TEST_CASE(a_walk_misses_no_token_that_is_moved_before_it)
{
    for (bool const target_is_there : {false, true})
        for (std::size_t const met_before : {0U, 1U, 70U, 130U, 190U})
        {
            table fresh{{.capacity = 1000, .record_bytes = 64 * 1024, .stripes = 2}};
            std::set<std::uint64_t> expected;
            auto const issue_there = [&](std::string const& principal, int count) {
                for (int i = 0; i < count; ++i)
                {
                    auto const key = random_key();
                    std::ignore = fresh.insert(key, fresh.prepare(principal, alice), noon, noon + seconds{100}, noon);
                    expected.insert(key.a);
                }
            };
            issue_there("alice admin", 100);
            issue_there("alice south", 100);
            if (target_is_there)
                issue_there("alice user", 100);
            token_walk walk{fresh, std::string{alice}, [](auto) { return true; }};
            std::set<std::uint64_t> met;
            found_token found;
            while (met.size() < met_before && walk.next(noon, found))
                met.insert(found.key.a);
            BOOST_REQUIRE_EQUAL(fresh.replace_principal(std::string{"alice admin"},
                                                        fresh.prepare(std::string_view{"alice user"}, alice), 60),
                                60U);
            if (walk.next(noon, found))
                met.insert(found.key.a);
            BOOST_REQUIRE_EQUAL(fresh.replace_principal(std::string{"alice admin"},
                                                        fresh.prepare(std::string_view{"alice user"}, alice), 60),
                                40U);
            while (walk.next(noon, found))
                met.insert(found.key.a);
            BOOST_TEST((met == expected), met_before << " met before: " << met.size() << " of " << expected.size());
        }
}

BOOST_AUTO_TEST_CASE(when_the_principal_was_known_to_be_good_comes_with_it)
{
    auto const key = issue("alice admin");
    std::string const user = "alice user";
    auto to = whose(user);
    to.checked_at = static_cast<std::uint32_t>((noon + seconds{5}).time_since_epoch().count());
    BOOST_TEST(kept.replace_principal(std::string{"alice admin"}, to, 10) == 1U);
    found_token found;
    BOOST_REQUIRE(kept.find(key, noon, found));
    BOOST_TEST((kept.checked_at(found) == noon + seconds{5}));
}

BOOST_AUTO_TEST_SUITE_END()

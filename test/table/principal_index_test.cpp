#include "table/principal_index.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <map>
#include <random>
#include <string>
#include <vector>

using namespace tokend;
using entry = principal_index::listed_token;

namespace {

// An index of 1000 slots, whose slots the test hands out by number.
struct indexed
{
    principal_index index{{.slots = 1000, .record_bytes = 1 << 20, .stripes = 2}};

    std::uint32_t put(std::uint32_t slot, std::string const& principal, std::string const& owner)
    {
        std::uint32_t entered = 0;
        BOOST_REQUIRE(index.put(index.prepare(principal, owner), [&](std::uint32_t record) {
            entered = record;
            return slot;
        }));
        return entered;
    }
    std::string principal_of(std::uint32_t record) const
    {
        std::vector<char> out(max_principal_bytes);
        return {out.data(), index.copy(record, out.data()).length()};
    }
};

record_filter all_that_begin_with(std::string begin)
{
    return [begin](std::span<char const> r) { return std::string_view{r.data(), r.size()}.starts_with(begin); };
}

// What is left of a walk, `step` at a time.
std::vector<std::uint32_t> rest(principal_index::walk& walk, std::size_t step = 3)
{
    std::vector<std::uint32_t> slots;
    std::vector<entry> room(step);
    for (auto met = walk.next(room); !met.empty(); met = walk.next(room))
        for (auto const e : met)
            slots.push_back(e.slot);
    return slots;
}

std::vector<std::uint32_t> slots_of(principal_index& index, std::string const& owner)
{
    principal_index::walk walk{index, owner, all_that_begin_with(owner)};
    return rest(walk);
}

using slot_list = std::vector<std::uint32_t>;

}  // namespace

BOOST_FIXTURE_TEST_SUITE(principal_index_, indexed)

BOOST_AUTO_TEST_CASE(equal_principals_share_a_record_and_others_do_not)
{
    auto const first = put(1, "alice north", "alice");
    BOOST_TEST(put(2, "alice north", "alice") == first);
    auto const other = put(3, "alice south", "alice");
    BOOST_TEST(other != first);
    BOOST_TEST(put(4, "bob", "bob") != other);
    BOOST_TEST(principal_of(first) == "alice north");
    BOOST_TEST(principal_of(other) == "alice south");
    BOOST_TEST(index.census().records == 3U);
    BOOST_TEST(index.census().tokens == 4U);
}

BOOST_AUTO_TEST_CASE(a_record_goes_with_its_last_token)
{
    auto const record = put(1, "alice", "alice");
    put(2, "alice", "alice");
    index.cut({record, 1});
    BOOST_TEST(index.census().records == 1U);
    BOOST_TEST((slots_of(index, "alice") == slot_list{2}));
    index.cut({record, 2});
    BOOST_TEST(index.census().records == 0U);
    BOOST_TEST(slots_of(index, "alice").empty());
    BOOST_TEST(put(7, "carol", "carol") == record);
}

BOOST_AUTO_TEST_CASE(a_record_lists_its_tokens_oldest_first_whichever_go)
{
    std::uint32_t record = 0;
    for (std::uint32_t slot : {5U, 3U, 9U, 1U, 7U})
        record = put(slot, "alice", "alice");
    BOOST_TEST((slots_of(index, "alice") == slot_list{5, 3, 9, 1, 7}));
    index.cut({record, 9});
    BOOST_TEST((slots_of(index, "alice") == slot_list{5, 3, 1, 7}));
    index.cut({record, 5});
    index.cut({record, 7});
    BOOST_TEST((slots_of(index, "alice") == slot_list{3, 1}));
    put(9, "alice", "alice");
    BOOST_TEST((slots_of(index, "alice") == slot_list{3, 1, 9}));
}

BOOST_AUTO_TEST_CASE(a_walk_takes_the_oldest_of_each_record_as_many_as_it_is_told)
{
    for (std::uint32_t slot = 0; slot < 10; ++slot)
        put(slot, slot % 2 == 0 ? "alice north" : "alice south", "alice");
    principal_index::walk walk{index, std::string{"alice"}, all_that_begin_with("alice"), 2};
    auto slots = rest(walk, 3);
    std::ranges::sort(slots);
    BOOST_TEST((slots == slot_list{0, 1, 2, 3}));
}

BOOST_AUTO_TEST_CASE(a_walk_goes_on_when_the_place_where_it_rests_goes)
{
    std::uint32_t record = 0;
    for (std::uint32_t slot = 0; slot < 6; ++slot)
        record = put(slot, "alice", "alice");
    principal_index::walk walk{index, std::string{"alice"}, all_that_begin_with("alice")};
    std::array<entry, 2> room;
    BOOST_TEST(walk.next(room).size() == 2U);  // rests at 2
    index.cut({record, 2});
    index.cut({record, 3});
    index.cut({record, 0});
    put(8, "alice", "alice");
    BOOST_TEST((rest(walk) == slot_list{4, 5, 8}));
}

BOOST_AUTO_TEST_CASE(a_walk_goes_on_when_the_record_where_it_rests_goes)
{
    auto const south = put(1, "alice south", "alice");
    auto const north = put(2, "alice north", "alice");  // is met first: records come youngest first
    put(3, "alice north", "alice");
    principal_index::walk walk{index, std::string{"alice"}, all_that_begin_with("alice")};
    std::array<entry, 1> room;
    BOOST_TEST(walk.next(room).front().slot == 2U);
    index.cut({north, 3});
    index.cut({north, 2});
    BOOST_TEST(put(4, "bob of the same length", "bob") != south);
    BOOST_TEST((rest(walk) == slot_list{1}));
}

BOOST_AUTO_TEST_CASE(a_walk_that_is_given_up_leaves_nothing_behind)
{
    auto const record = put(1, "alice", "alice");
    put(2, "alice", "alice");
    std::array<entry, 1> room;
    {
        principal_index::walk first{index, std::string{"alice"}, all_that_begin_with("alice")};
        principal_index::walk second{index, std::string{"alice"}, all_that_begin_with("alice")};
        BOOST_TEST(first.next(room).size() == 1U);
        BOOST_TEST(second.next(room).size() == 1U);
    }
    index.cut({record, 2});
    index.cut({record, 1});
    BOOST_TEST(index.census().records == 0U);
}

// Against a model: many owners in few buckets, tokens come and go.
BOOST_AUTO_TEST_CASE(every_owner_has_its_own_tokens_in_their_order)
{
    principal_index few{{.slots = 1000, .record_bytes = 32 * 1024, .stripes = 4}};
    std::map<std::string, std::vector<entry>> model;  // by principal
    std::vector<std::uint32_t> unused(1000);
    for (std::uint32_t i = 0; i < 1000; ++i)
        unused[i] = i;
    std::minstd_rand random{11};
    for (int i = 0; i < 20'000; ++i)
    {
        auto const owner = "owner " + std::to_string(random() % 40) + ' ';
        auto const principal = owner + std::to_string(random() % 3);
        auto& tokens = model[principal];
        if (random() % 2 == 0 && !unused.empty())
        {
            auto const slot = unused.back();
            BOOST_REQUIRE(few.put(few.prepare(principal, owner), [&](std::uint32_t record) {
                tokens.push_back({record, slot});
                return slot;
            }));
            unused.pop_back();
        }
        else if (!tokens.empty())
        {
            auto const gone = tokens.begin() + static_cast<std::ptrdiff_t>(random() % tokens.size());
            few.cut(*gone);
            unused.push_back(gone->slot);
            tokens.erase(gone);
        }
    }
    std::size_t records = 0;
    for (auto const& [principal, tokens] : model)
    {
        slot_list expected;
        for (auto const e : tokens)
            expected.push_back(e.slot);
        auto const owner = principal.substr(0, principal.size() - 1);
        principal_index::walk walk{few, owner, all_that_begin_with(principal)};
        BOOST_TEST((rest(walk) == expected));
        records += !tokens.empty();
    }
    BOOST_TEST(few.census().records == records);
    principal_index::walk everything{few, all_that_begin_with("")};
    BOOST_TEST(rest(everything).size() == 1000 - unused.size());
}

BOOST_AUTO_TEST_SUITE_END()

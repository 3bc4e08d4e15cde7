#include "table/free_cells.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <map>
#include <random>
#include <tuple>
#include <vector>

using namespace tokend;

namespace {

using block = std::pair<std::size_t, std::size_t>;  // first cell, cells

struct arena
{
    explicit arena(std::size_t cells) : words(cells * free_cells::cell_words), free{words} {}

    std::vector<free_cells::word> words;
    free_cells free;

    std::size_t cells() const { return words.size() / free_cells::cell_words; }
    std::vector<block> blocks() const
    {
        std::vector<block> all;
        free.for_each([&](std::size_t first, std::size_t size) { all.emplace_back(first, size); });
        std::ranges::sort(all);
        return all;
    }
};

// What is free between the blocks in use: as the arena must tell it, each gap one block.
std::vector<block> gaps_between(std::map<std::size_t, std::size_t> const& used)
{
    std::vector<block> gaps;
    std::size_t end = 1;
    for (auto const& [first, size] : used)
    {
        if (first != end)
            gaps.emplace_back(end, first - end);
        end = first + size;
    }
    return gaps;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(free_cells_)

BOOST_AUTO_TEST_CASE(whatever_comes_and_goes_each_gap_is_one_block_and_serves_whatever_fits_it)
{
    for (std::size_t const most : {2UL, 9UL, 129UL})
    {
        arena a{50 + 10 * most};
        std::map<std::size_t, std::size_t> used;
        std::minstd_rand random{static_cast<unsigned>(most)};
        int refused = 0;
        for (int i = 0; i < 30'000; ++i)
        {
            bool const fills = i / 1000 % 2 == 0;
            if (random() % 10 < (fills ? 7U : 3U) || used.empty())
            {
                auto const size = 1 + random() % most;
                auto const gaps = gaps_between(used);
                auto const end = used.empty() ? 1 : used.rbegin()->first + used.rbegin()->second;
                bool const fits = a.cells() - end >= size ||
                                  std::ranges::any_of(gaps, [&](block const& gap) { return gap.second >= size; });
                auto const first = a.free.take(size);
                BOOST_REQUIRE_EQUAL(first != 0, fits);
                refused += !fits;
                if (!fits)
                    continue;
                BOOST_REQUIRE(first + size <= a.cells());
                auto const after = used.lower_bound(first);
                BOOST_REQUIRE((after == used.end() || first + size <= after->first));
                BOOST_REQUIRE((after == used.begin() || std::prev(after)->first + std::prev(after)->second <= first));
                used[first] = size;
                for (std::size_t word = 0; word < size * free_cells::cell_words; ++word)  // as a record's bytes may do
                    a.words[first * free_cells::cell_words + word].store(random() % 200, std::memory_order_relaxed);
            }
            else
            {
                auto const at = std::next(used.begin(), static_cast<std::ptrdiff_t>(random() % used.size()));
                a.free.give(static_cast<std::uint32_t>(at->first), at->second);
                used.erase(at);
            }
            if (i % 16 == 0)
                BOOST_REQUIRE(a.blocks() == gaps_between(used));
            BOOST_REQUIRE_EQUAL(a.free.end(), used.empty() ? 1 : used.rbegin()->first + used.rbegin()->second);
        }
        BOOST_TEST(refused > 0);
        for (auto const& [first, size] : used)
            a.free.give(static_cast<std::uint32_t>(first), size);
        BOOST_TEST(a.free.end() == 1U);
        BOOST_TEST(a.blocks().empty());
    }
}

BOOST_AUTO_TEST_CASE(two_freed_neighbours_and_what_is_between_them_become_one)
{
    arena a{40};
    auto const first = a.free.take(3);
    auto const middle = a.free.take(1);
    auto const last = a.free.take(4);
    auto const wall = a.free.take(2);
    a.free.give(first, 3);
    a.free.give(last, 4);
    BOOST_TEST(a.blocks().size() == 2U);
    a.free.give(middle, 1);
    BOOST_TEST((a.blocks() == std::vector<block>{{first, 8}}));
    BOOST_TEST(a.free.take(5) == first);
    BOOST_TEST((a.blocks() == std::vector<block>{{first + 5, 3}}));
    a.free.give(wall, 2);
    BOOST_TEST(a.blocks().empty());
    BOOST_TEST(a.free.end() == first + 5U);
}

BOOST_AUTO_TEST_CASE(the_smallest_block_that_is_long_enough_is_cut)
{
    arena a{600};
    auto const longer = a.free.take(100);
    auto const behind = a.free.take(100);
    std::ignore = a.free.take(1);
    auto const fitting = a.free.take(10);
    std::ignore = a.free.take(1);
    a.free.give(longer, 100);
    a.free.give(behind, 100);
    a.free.give(fitting, 10);
    BOOST_TEST(a.free.take(10) == fitting);
    BOOST_TEST(a.free.take(10) == longer);
    BOOST_TEST(a.free.take(129) == longer + 10U);
}

BOOST_AUTO_TEST_SUITE_END()

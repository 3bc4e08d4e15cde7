// Each operation of the slots is stopped before each of its atomic steps while others run to their end there: every schedule with
// one switch away and back, and every one with two. The orders are sequential; that weaker ones suffice is argued in slot.hpp.
#include "table/slot_table.hpp"

#include <boost/test/unit_test.hpp>

#include <functional>
#include <vector>

using namespace tokend;

namespace {

// What runs before the atomic step `countdown` steps from now.
struct interruption
{
    int countdown = -1;
    std::function<void()> run;
};
std::vector<interruption> pending;

void step()
{
    for (auto& p : pending)
        if (p.countdown >= 0 && p.countdown-- == 0)
        {
            auto const run = std::exchange(p.run, nullptr);
            auto const others = std::exchange(pending, {});  // no interruption of an interruption
            run();
            pending = others;
            return;
        }
}

template <class T>
class stepped
{
public:
    T load(std::memory_order) const noexcept
    {
        step();
        return value_;
    }
    void store(T value, std::memory_order) noexcept
    {
        step();
        value_ = value;
    }
    bool compare_exchange_strong(T& expected, T desired, std::memory_order, std::memory_order) noexcept
    {
        step();
        if (value_ != expected)
        {
            expected = value_;
            return false;
        }
        value_ = desired;
        return true;
    }
    bool compare_exchange_weak(T& expected, T desired, std::memory_order success, std::memory_order failure) noexcept
    {
        return compare_exchange_strong(expected, desired, success, failure);
    }

private:
    T value_{};
};

using slots = slot_table<stepped>;

constexpr std::uint32_t noon = 1'800'000'000;

// All keys have one home line, the first; the record of each is its number.
constexpr token_key key(std::uint64_t number) { return {number, number}; }

// Three pairs, six keys: four fill the first pair, two have passed it.
struct world
{
    std::vector<slots::pair> pairs = std::vector<slots::pair>(3);
    std::vector<slots::overflow_counter> counters = std::vector<slots::overflow_counter>(3);
    slots table{pairs, counters};
    std::uint32_t end = noon + 60;

    world()
    {
        for (std::uint64_t number = 1; number <= 6; ++number)
            insert(number);
    }
    void insert(std::uint64_t number)
    {
        table.insert(key(number), static_cast<std::uint32_t>(number), noon, noon + 60);
    }
    bool erase(std::uint64_t number)
    {
        sighting seen;
        auto* taken = table.take(key(number), seen);
        if (taken != nullptr)
            table.give(*taken);
        return taken != nullptr;
    }
    bool touch(std::uint64_t number) { return table.extend(key(number), end += 60, noon); }
    // Found, and nobody else's data.
    bool find(std::uint64_t number)
    {
        sighting seen;
        auto const found = table.locate(key(number), seen) != nullptr;
        BOOST_REQUIRE(!found || (seen.key == key(number) && seen.record == number && seen.life.issued() == noon));
        return found;
    }
    void check()
    {
        std::size_t lengths = 0;
        std::size_t passers = 0;
        for (std::size_t i = 0; i < table.size(); ++i)
        {
            BOOST_REQUIRE(table[i].life().live() || table[i].life().empty());
            lengths += table[i].life().live() ? table.path_length(table[i]) : 0;
        }
        for (auto const& counter : table.counters())
            passers += counter.passers();
        BOOST_REQUIRE_EQUAL(lengths, passers);
    }
};

using action = std::function<void(world&)>;

// Runs `operation` once for each place at which `first`, and later `second`, can come in between; then `check`. One world each.
void interrupt_everywhere(action const& operation, action const& first, action const& second, action const& check)
{
    bool first_came = true;
    for (int i = 0; first_came; ++i)
    {
        bool second_came = true;
        for (int j = i; second_came; ++j)
        {
            world w;
            first_came = second_came = false;
            auto const run = [&w](bool& came, action const& act) {
                came = true;
                act(w);
            };
            pending = {{i, [&] { run(first_came, first); }}, {j, [&] { run(second_came, second); }}};
            operation(w);
            pending.clear();
            if (first_came)
            {
                check(w);
                w.check();
            }
        }
    }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(slot_interruption_)

BOOST_AUTO_TEST_CASE(a_find_never_mixes_two_tokens_of_one_slot)
{
    for (std::uint64_t number = 1; number <= 6; ++number)
        interrupt_everywhere([&](world& w) { w.find(number); },
                             [&](world& w) {
                                 BOOST_REQUIRE(w.erase(number));
                                 w.insert(7);
                             },
                             [](world& w) {
                                 BOOST_REQUIRE(w.erase(7));
                                 w.insert(8);
                             },
                             [&](world& w) { BOOST_REQUIRE(!w.find(number)); });
}

BOOST_AUTO_TEST_CASE(a_live_token_is_found_while_others_of_its_path_come_and_go)
{
    for (std::uint64_t number = 5; number <= 6; ++number)
    {
        bool found = true;
        interrupt_everywhere([&](world& w) { found = found && w.find(number); },
                             [&](world& w) {
                                 BOOST_REQUIRE(w.erase(1));
                                 BOOST_REQUIRE(w.erase(11 - number));
                             },
                             [](world& w) {
                                 w.insert(7);
                                 w.insert(8);
                                 w.insert(9);
                             },
                             [&](world& w) { BOOST_REQUIRE(found && w.find(number)); });
    }
}

BOOST_AUTO_TEST_CASE(a_find_that_is_touched_meanwhile_still_finds)
{
    bool found = true;
    auto const touch = [](world& w) { BOOST_REQUIRE(w.touch(3)); };
    interrupt_everywhere([&](world& w) { found = found && w.find(3); }, touch, touch,
                         [&](world&) { BOOST_REQUIRE(found); });
}

BOOST_AUTO_TEST_CASE(of_two_that_erase_one_token_exactly_one_succeeds)
{
    int erased = 0;
    interrupt_everywhere([&](world& w) { erased += w.erase(5); }, [&](world& w) { erased += w.erase(5); },
                         [](world& w) { w.insert(7); },
                         [&](world& w) {
                             BOOST_REQUIRE_EQUAL(std::exchange(erased, 0), 1);
                             BOOST_REQUIRE(!w.find(5));
                         });
}

BOOST_AUTO_TEST_CASE(a_touch_does_not_save_a_token_from_being_erased_or_bring_it_back)
{
    bool erased = false;
    interrupt_everywhere([&](world& w) { erased = w.erase(2); }, [](world& w) { w.touch(2); },
                         [](world& w) { w.touch(2); }, [&](world& w) { BOOST_REQUIRE(erased && !w.find(2)); });
    interrupt_everywhere([](world& w) { w.touch(2); },
                         [&](world& w) {
                             BOOST_REQUIRE(w.erase(2));
                             w.insert(7);
                         },
                         [](world&) {},
                         [](world& w) {
                             sighting seen;
                             BOOST_REQUIRE(!w.find(2));
                             BOOST_REQUIRE(w.table.locate(key(7), seen) != nullptr);
                             BOOST_REQUIRE_EQUAL(seen.life.expiry(), noon + 60);
                         });
}

BOOST_AUTO_TEST_CASE(inserts_that_meet_at_a_slot_both_find_a_place)
{
    interrupt_everywhere([](world& w) { w.insert(7); }, [](world& w) { w.insert(8); },
                         [](world& w) {
                             BOOST_REQUIRE(w.find(8));
                             BOOST_REQUIRE(w.erase(1));
                             w.insert(9);
                         },
                         [](world& w) { BOOST_REQUIRE(w.find(7) && w.find(8)); });
}

BOOST_AUTO_TEST_CASE(a_token_is_seen_whole_or_not_at_all_while_it_is_inserted)
{
    interrupt_everywhere([](world& w) { w.insert(7); }, [](world& w) { w.find(7); }, [](world& w) { w.find(7); },
                         [](world& w) { BOOST_REQUIRE(w.find(7)); });
}

BOOST_AUTO_TEST_CASE(a_token_once_seen_stays_in_reach_when_the_others_of_its_path_go)
{
    bool seen = false;
    interrupt_everywhere([](world& w) { w.insert(7); },
                         [&](world& w) {
                             seen = w.find(7);
                             BOOST_REQUIRE(w.erase(5) && w.erase(6));
                             BOOST_REQUIRE_EQUAL(w.find(7), seen);
                         },
                         [&](world& w) { BOOST_REQUIRE(!seen || w.find(7)); },
                         [](world& w) { BOOST_REQUIRE(w.find(7)); });
}

BOOST_AUTO_TEST_CASE(a_slot_that_is_being_given_back_is_nobody_elses)
{
    interrupt_everywhere([](world& w) { w.erase(6); },
                         [](world& w) {
                             w.insert(7);
                             BOOST_REQUIRE(w.find(7));
                         },
                         [](world& w) {
                             w.erase(1);
                             w.insert(8);
                         },
                         [](world& w) { BOOST_REQUIRE(!w.find(6) && w.find(7)); });
}

BOOST_AUTO_TEST_SUITE_END()

// The protocol of slots under every schedule of small programs. Memory is sequential; memory_order_test.cpp has the
// weaker orders.
//
// `table_exploration_test -- all` tries more: all programs of three threads and two operations (half an hour).
#include "table/exploration/alphabet.hpp"
#include "table/exploration/explore_all.hpp"
#include "table/exploration/scenes.hpp"

using namespace tokend::exploration;

namespace {

void explore(std::vector<program> const& all, course const& how = {}) { explore_all<sequential_memory>(all, how); }

}  // namespace

BOOST_AUTO_TEST_SUITE(exploration_)

BOOST_AUTO_TEST_CASE(two_threads_of_three_operations)
{
    explore(all_programs(full_line, 2, 3, "i5 i6 i7 e1 f1 t1 s0"));
    explore(all_programs(full_line, 2, 3, "i5 i6 e1 e5 f5"));
    explore(all_programs(passed_line, 2, 3, "i6 e3 e6 f3 f6"));
    if (all_asked_for())
    {
        explore(all_programs(full_line, 2, 3, "i5 i6 e1 e5 f1 f5 t1 t5 s0 s2"));
        explore(all_programs(passed_line, 2, 3, "i6 i7 e1 e3 e6 f3 f6 s2"));
    }
}

BOOST_AUTO_TEST_CASE(three_threads_of_two_operations)
{
    explore(all_programs(full_line, 3, 2, "i5 e1 f1 f5"));
    explore(all_programs(full_line, 3, 2, "e1 t1 s0"));
    explore(programs(full_line, {"e1 i5 | i6 f5 | f6 e5", "e1 i5 | t1 i6 | s0 f5", "i5 t5 | f5 e5 | i6 f6",
                                 "s0 i5 | i6 e1 | t1 f6", "i5 s2 | t5 f5 | i6 e5"}));
    explore(programs(passed_line, {"e3 i6 | i7 f6 | f3 f6", "e1 i6 | e3 f6 | f6 f3", "s2 i6 | t3 f3 | f3 f6"}));
    if (all_asked_for())
    {
        explore(all_programs(full_line, 3, 2, "i5 i6 i7 e1 f1 t1 s0"));
        explore(all_programs(passed_line, 3, 2, "i6 e3 f3 f6"));
    }
}

BOOST_AUTO_TEST_CASE(three_threads_of_three_operations_with_three_preemptions)
{
    course const three{.preemptions = 3};
    explore(programs(full_line, {"e1 i5 f5 | f1 e1 t1 | t1 f5 i6", "e1 i5 e5 | f1 f5 f5 | s0 i6 f6",
                                 "t1 e1 i5 | s0 f1 f5 | t1 i6 f6"}),
            three);
    explore(programs(passed_line, {"i6 e3 f6 | f6 f3 f6 | e1 i7 e7"}), three);
    if (all_asked_for())
    {
        explore(programs(full_line, {"i5 f5 e5 | i6 f5 e6 | f6 f5 s0", "i5 e5 f6 | i6 e6 f7 | i7 e7 f5"}), three);
        explore(programs(passed_line, {"e3 i6 e6 | f3 f6 f3 | i7 f7 f6"}), three);
    }
}

// What is read of one token is not mixed with what the next put there, and a record is copied while its token names it.
BOOST_AUTO_TEST_CASE(slots_and_records_are_used_again)
{
    explore(all_programs(with_records, 2, 3, "i5 e1 e5 f1 f5"));
    explore(all_programs(with_records, 2, 2, "i5 i6 e1 f1 f5 t1 s0 l0"));
    explore(all_programs(with_records, 3, 2, "i5 e1 f1"));
    explore(programs(with_records, {"e1 i5 e5 i6 | f1 f5 f6", "s0 i6 | f1 l0 | i5 f6"}));
    if (all_asked_for())
    {
        explore(all_programs(with_records, 2, 3, "i5 i6 e1 e5 f1 f5 t1 s0 l0"));
        explore(all_programs(with_records, 3, 2, "i5 i6 e1 f1 f5"));
    }
}

// A token keeps being found while its record is replaced, with the old or the new content whole, and whoever ends it
// finds the record that lists it.
BOOST_AUTO_TEST_CASE(a_record_is_replaced_beside_all_else)
{
    explore(all_programs(with_replacement, 2, 2, "p1 f1 e1 t1 s0 l0 i5"));
    explore(all_programs(with_replacement, 2, 3, "p1 f1 e1 t1"));
    explore(
        programs(with_replacement, {"p1 | e1 | f1", "p1 | e1 i6 | f1", "p1 p1 | e1 i5 | f1 f1", "p1 | t1 e1 | f1 f1",
                                    "p1 i6 | f1 f1 | s0", "p1 | p1 | f1 e1", "p1 | t1 | t1 f1"}));
    if (all_asked_for())
        explore(all_programs(with_replacement, 3, 2, "p1 f1 e1 t1 i5"));
}

BOOST_AUTO_TEST_CASE(keys_that_share_a_half_are_not_taken_for_each_other)
{
    explore(all_programs({.keys = 1}, 2, 2, "i10 i11 i2 e1 e10 f1 f2 f10 f11 l0"));
    explore(all_programs({.keys = 1}, 2, 3, "i10 e1 f1 f10"));
    explore(all_programs({.keys = 1}, 2, 3, "i11 e1 f1 f11"));
}

BOOST_AUTO_TEST_CASE(with_a_credit_an_insert_finds_a_slot)
{
    explore(all_programs(without_spare_slot, 2, 2, "i5 i6 e1 e2 s0 f5"));
    explore(all_programs(without_spare_slot, 2, 3, "i5 e1 f5"));
    explore(programs(without_spare_slot, {"e1 i5 | e2 i6 | s0 i7", "e1 | e2 | i5 i6", "e1 i5 e5 | i6 | f5 f6"}));
}

BOOST_AUTO_TEST_CASE(after_a_search_the_mark_is_not_above_the_soonest_expiry)
{
    for (auto const& where : {with_mark, without_mark})
        explore(programs(where, {"i1 | r s0 m", "i1 e1 i2 | r s0 s1 m", "i1 i2 | r s0 s1 m", "i1 t1 | i2 | r s0 s1 m",
                                 "i1 | e1 i2 | r s0 s1 m", "i1 | i2 e2 | r s0 s1 m", "i1 g | i2 | r s0 s1 m",
                                 "g i1 | r s0 s1 m | i2 g", "i1 | c", "i1 i2 | c r s0 s1 m", "i1 e1 i2 | c c",
                                 "i1 | i2 | c c", "i1 | r s0 m c", "g i1 | c | i2"}));
}

// 1 and 2 fill the first line, 3 and 4 its twin; beside 6 keys an insert passes three lines.
BOOST_AUTO_TEST_CASE(a_live_key_is_in_reach_while_others_of_its_path_come_and_go)
{
    explore(programs({.pairs = 2, .keys = 4},
                     {"f1 | e1 i7 | e7 i8", "f3 | e3 i7 | e7 i8", "f3 | e1 e4 | i7 i8", "f4 | e1 e3 | i7 i8 i9",
                      "f3 | t3 t3", "e3 | e3 | i7", "e2 | t2 t2", "t2 | e2 i7", "i7 | i8 | f8 e1 i9", "i7 | f7 f7",
                      "i7 | f7 e3 e4 f7", "e4 | i7 f7 | e1 i8"}));
    explore(programs({.pairs = 2, .keys = 6}, {"i9 | f9 e9", "i9 e9 | f9 f9 | e6", "i9 f9 | e3 e4 | f9 e9"}));
}

// Both ways lead to the same ends. There is one end for each memory, with the history that explains it.
BOOST_AUTO_TEST_CASE(steps_that_concern_nobody_need_no_other_order)
{
    for (auto const& p : programs(full_line, {"e1 i5 f5 | f1 e1 t1", "i5 e5 | i6 f5", "e1 i5 | s0 | f1",
                                              "t1 e1 | t1 s0 i5", "i5 e5 | i6 e6", "e1 | f1 | t1"}))
    {
        auto const some = explored<sequential_memory>({&p, 1});
        auto const all = explored<sequential_memory>({&p, 1}, {.everywhere = true});
        BOOST_TEST(some.ends == all.ends, p);
        BOOST_TEST(some.states * 2 < all.states, p);
        BOOST_TEST((some.wrong == "" && all.wrong == ""));
    }
}

BOOST_AUTO_TEST_SUITE_END()

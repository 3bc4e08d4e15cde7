// The protocol of slots by the memory orders that slot.hpp gives it, and each of them made weaker.
#include "table/exploration/alphabet.hpp"
#include "table/exploration/explore_all.hpp"
#include "table/exploration/scenes.hpp"
#include "table/exploration/steps.hpp"
#include "table/exploration/weak_memory.hpp"

using namespace tokend::exploration;
using namespace tokend::exploration::steps;

namespace {

struct trial
{
    mutant wrong;
    scene where;
    std::string_view program;
};

using enum mutant::fault;

mutant weaker(std::string_view name, bool (*meant)(atomic_step const&), void (*change)(atomic_step&))
{
    return {name, changed, meant, nullptr, change};
}

trial const needed[] = {
    {weaker("A: publish without release", publishes, relax), one_key, "e1 i5 | f1"},
    {weaker("A: first look without acquire", looks, relax), one_key, "e1 i5 | f1"},
    {weaker("A: take without acquire", takes, only_release), one_key, "e1 i5 | s0"},
    {weaker("B: a stored without release", writes_a, relax), one_key, "i10 e10 i2 | f2 f10"},
    {weaker("B: a cleared without release", clears_a, relax), one_key, "e1 | f11"},
    {weaker("B: b stored without release", writes_b, relax), one_key, "e1 i10 | f10"},
    {weaker("B: number stored without release", writes_number, relax), one_key, "e1 i5 | f1"},
    {weaker("B: a read without acquire", reads_a, relax), one_key, "e1 | f11"},
    {weaker("B: b read without acquire", reads_b, relax), one_key, "e1 i10 | f10"},
    {weaker("B: number read without acquire", reads_number, relax), one_key, "e1 i5 | f1"},
    {weaker("B': words of a record stored without release", writes_record, relax), with_records, "e1 i5 | f1"},
    {weaker("B': words of a record read without acquire", reads_record, relax), with_records, "e1 i5 | f1"},
    {weaker("G: record replaced without release", replaces, relax), with_replacement, "p1 | f1 f1"},
    {weaker("C: give without release", gives, relax), one_key, "i5 e5 | i6 f5"},
    {weaker("C: claim without acquire", claims, relax), one_key, "i5 e5 | i6 f5"},
    {weaker("D: counter changed without release", counts, only_acquire), passed_line, "e3 i6 | f3 f3"},
    {weaker("D: counter read without acquire", reads_count, relax), passed_line, "e3 i6 | f3 f3"},
    {weaker("E: credit returned without release", returns_credit, relax), without_spare_slot, "e1 | i5"},
    {weaker("E: credit taken without acquire", takes_credit, relax), without_spare_slot, "e1 | i5"},
    {weaker("F: mark lowered without release", lowers_mark, only_acquire), with_mark, "i1 | r s0 m"},
    {weaker("F: mark reset without acquire", resets_mark, only_release), with_mark, "i1 | r s0 m"},
    {{"F: a search that begins to keep the mark does not wait", dropped, waits}, without_mark, "i1 | r s0 m"},
    {{"F: a low mark is not written again", dropped, keeps_mark}, with_mark, "i1 i2 | r s0 s1 m"},
};

// Orders that none of our programs needs.
mutant const spare[] = {
    weaker("A, B': take without release", takes, only_acquire),
    weaker("D: counter raised without release", counts_in, only_acquire),
    weaker("D: counter changed without acquire", counts, only_release),
    weaker("F: mark lowered without acquire", lowers_mark, only_release),
    weaker("F: mark reset without release", resets_mark, only_acquire),
};

// An insert with a credit can go around while others take what it could have had, until it sees what they gave back: in
// finite time, says the language; here from that many steps on.
constexpr unsigned finite = 50;

struct campaign
{
    std::vector<program> all;
    course how{};
};

std::vector<campaign> systematic()
{
    return {{all_programs(full_line, 2, 2, "i5 i6 e1 f1 t1 s0 f5 e5")},
            {all_programs(passed_line, 2, 2, "i6 i7 e1 e3 f3 f6")},
            {all_programs(with_records, 2, 2, "i5 i6 e1 f1 t1 s0 f5")},
            {all_programs(with_replacement, 2, 2, "p1 f1 e1 t1 i5")},
            {all_programs(one_key, 2, 2, "i10 i2 i11 e1 e10 f1 f2 f10 f11")},
            {all_programs(without_spare_slot, 2, 2, "i5 i6 e1 e2 s0 f5"), {.stale = finite}}};
}

std::vector<program> marked(scene const& where)
{
    return programs(
        where, {"i1 | r s0 m", "i1 i2 | r s0 s1 m", "i1 e1 i2 | r s0 s1 m", "i1 t1 | r s0 m", "i1 | i2 | r s0 s1 m"});
}

std::vector<campaign> chosen()
{
    return {{programs(passed_line, {"e3 i6 | f3 f3", "e3 | i6 | f3 f3", "i6 | e3 | f6 f3", "e3 i6 f6 | i7 f3 f6"})},
            {programs(one_key, {"i10 e10 i2 | f2 f10", "e1 i5 e5 | i6 f5 f6", "t1 e1 i5 | f1 t1 f5", "e1 i5 | l0 l0",
                                "e1 | s0 i5 f1", "e1 i5 | f1 | f5"})},
            {programs(with_records, {"e1 i5 e5 i6 | f1", "e1 i5 | f1 f5 e5"})},
            {programs(with_replacement, {"p1 i6 | f1 f1", "p1 | e1 i5 | f1"})},
            {programs(without_spare_slot, {"e1 | i5 f5", "s0 | i5", "e1 | e2 | i5"})},
            {marked(with_mark)},
            {marked(without_mark)}};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(memory_order_)

BOOST_AUTO_TEST_CASE(the_orders_suffice)
{
    for (auto const& campaigns : {systematic(), chosen()})
        for (auto const& [all, how] : campaigns)
            explore_all<weak_memory>(all, how);
    if (all_asked_for())
    {
        explore_all<weak_memory>(all_programs(full_line, 2, 3, "i5 i6 e1 e5 f5"));
        explore_all<weak_memory>(all_programs(passed_line, 2, 3, "i6 e3 f3 f6"));
        explore_all<weak_memory>(all_programs(with_records, 2, 3, "i5 e1 f1 f5"));
        explore_all<weak_memory>(programs(with_records, {"s0 i6 | f1 | i5", "e1 i5 | f1 f5 | i6"}));
    }
}

BOOST_AUTO_TEST_CASE(a_weaker_order_is_caught)
{
    for (auto const& [wrong, where, text] : needed)
    {
        auto const p = programs(where, {text});
        BOOST_TEST(explored<weak_memory>(p).wrong == "");
        auto const found = explored<weak_memory>(p, {.wrong = &wrong});
        BOOST_TEST(!found.wrong.empty(), wrong.name);
        BOOST_TEST_MESSAGE(wrong.name << ": " << found.wrong.substr(0, found.wrong.find("\n    ")));
    }
}

BOOST_AUTO_TEST_CASE(some_orders_are_stronger_than_any_program_here_needs)
{
    for (auto const& wrong : std::span{spare}.first(sanitized ? 1 : std::size(spare)))
    {
        BOOST_TEST_MESSAGE(wrong.name);
        for (auto const& campaigns : {chosen(), all_asked_for() ? systematic() : std::vector<campaign>{}})
            for (auto const& [all, how] : campaigns)
                explore_all<weak_memory>(all, {.wrong = &wrong, .stale = how.stale});
    }
}

BOOST_AUTO_TEST_SUITE_END()

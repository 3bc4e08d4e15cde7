// Tests the explorer itself: if a step of the protocol is done wrong, some small program finds it.
#include "table/exploration/explore_all.hpp"
#include "table/exploration/scenes.hpp"
#include "table/exploration/steps.hpp"

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

trial const trials[] = {
    {{"life is not looked at again", repeated, looks_again}, one_key, "e1 i5 | f1"},
    {{"a slot's life is not looked at again", repeated, looks_again_after_number}, one_key, "e1 i5 | l0"},
    {{"a record is copied without looking again", repeated, looks_again_after_copy}, with_records, "e1 i5 | f1"},
    {{"life has no version", changed, writes_life, nullptr, lose_version}, one_key, "e1 i5 | f1"},
    {{"published before the data", postponed, writes_data, publishes}, one_key, "e1 i5 | f5"},
    {{"a passed line is not counted", dropped, counts_in}, full_line, "i5 | f5"},
    {{"a passed line is counted after publish", postponed, counts_in, publishes}, passed_line, "i6 | f6 e3 f6"},
    {{"a passed line stays counted", dropped, counts_out}, passed_line, "e3 | f1"},
    {{"counting is a load and a store", torn, counts}, full_line, "i5 | i6"},
    {{"claim is a load and a store", torn, claims}, one_key, "i5 | i6"},
    {{"take is a load and a store", torn, takes}, one_key, "e1 | e1"},
    {{"a sweep's take is a load and a store", torn, takes}, one_key, "s0 | t1"},
    {{"touch is a load and a store", torn, extends}, one_key, "t1 | e1"},
    {{"a is cleared after the slot is given", postponed, clears_a, gives}, one_key, "e1 | i5 f5"},
    {{"the credit is returned before the slot", postponed, gives, returns_credit}, without_spare_slot, "e1 | i5"},
    {{"a credit is taken by a load and a store", torn, takes_credit}, without_spare_slot, "e1 i5 | i6 f5"},
    {{"a record is replaced without a new version", changed, replaces, nullptr, keep_life},
     with_replacement,
     "p1 i5 | f1"},
    {{"a record is replaced by a load and a store", torn, replaces}, with_replacement, "p1 | t1"},
    {{"the version changes before the record", postponed, writes_number, replaces}, with_replacement, "p1 i5 | f1"},
    {{"an insert does not lower the mark", dropped, lowers_mark}, with_mark, "i1 | r s0 m"},
    {{"the mark is lowered before publish", postponed, publishes, lowers_mark}, with_mark, "i1 | r s0 m"},
    {{"the mark is lowered by a load and a store", torn, lowers_mark}, with_mark, "i1 | r s0 m"},
    {{"the mark is reset by a load and a store", torn, resets_mark}, with_mark, "i1 | c"},
};

}  // namespace

BOOST_AUTO_TEST_SUITE(mutants_)

BOOST_AUTO_TEST_CASE(a_step_done_wrong_is_caught)
{
    for (auto const& [wrong, where, text] : trials)
    {
        auto const p = programs(where, {text});
        BOOST_TEST(explored<sequential_memory>(p).wrong == "");
        auto const found = explored<sequential_memory>(p, {.wrong = &wrong});
        BOOST_TEST(!found.wrong.empty(), wrong.name);
        BOOST_TEST_MESSAGE(wrong.name << ": " << found.wrong.substr(0, found.wrong.find("\n    ")));
    }
}

BOOST_AUTO_TEST_SUITE_END()

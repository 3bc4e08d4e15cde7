#include "credential/verdict.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <set>

using namespace tokend;

namespace {

struct row
{
    tokend::outcome outcome;
    bool gone;
};

using enum outcome;
constexpr std::array rows{row{accept, false},   row{bad_secret, false},  row{no_such_user, true},
                          row{not_mine, false}, row{locked, true},       row{disabled, true},
                          row{expired, true},   row{unavailable, false}, row{overloaded, false}};

}  // namespace

BOOST_AUTO_TEST_SUITE(verdict_)

BOOST_AUTO_TEST_CASE(every_outcome_has_a_name_of_its_own)
{
    std::set<std::string_view> names;
    for (auto const& r : rows)
        names.insert(name_of(r.outcome));
    BOOST_TEST(names.size() == rows.size());
    BOOST_TEST(names.count("unknown") == 0U);
}

BOOST_AUTO_TEST_CASE(a_user_is_gone_who_may_not_log_in_any_longer_whatever_the_secret)
{
    for (auto const& r : rows)
    {
        verdict v;
        v.outcome = r.outcome;
        BOOST_TEST(is_gone(v) == r.gone, name_of(r.outcome));
    }
}

BOOST_AUTO_TEST_SUITE_END()

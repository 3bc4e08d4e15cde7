#pragma once

#include "table/exploration/explorer.hpp"

#include <boost/test/unit_test.hpp>

#include <initializer_list>
#include <span>
#include <string_view>
#include <vector>

namespace tokend::exploration {

#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
inline constexpr bool sanitized = true;
#else
inline constexpr bool sanitized = false;
#endif

// By `table_exploration_test -- all`.
inline bool all_asked_for()
{
    auto const& suite = boost::unit_test::framework::master_test_suite();
    return suite.argc > 1 && suite.argv[1] == std::string_view{"all"};
}

inline std::vector<program> programs(scene const& where, std::initializer_list<std::string_view> texts)
{
    std::vector<program> all;
    for (auto const text : texts)
        all.push_back(parsed(where, text));
    return all;
}

// Up to the first fault. REQUIRES: one scene.
template <class Memory>
findings explored(std::span<program const> all, course const& how = {})
{
    answer_tree known;
    findings sum;
    for (auto const& p : all)
        if (sum.wrong.empty())
            sum += explorer<Memory>{p, known, how}.explore();
    return sum;
}

// None of them goes wrong. Sanitizers leave time for few of many, and for few pre-emptions.
template <class Memory>
void explore_all(std::span<program const> all, course how = {})
{
    std::size_t const every = sanitized ? 1 + all.size() / 10 : 1;
    if (sanitized)
        how.preemptions = std::min(how.preemptions, 1U);
    std::vector<program> some;
    for (std::size_t i = 0; i < all.size(); i += every)
        some.push_back(all[i]);
    auto const found = explored<Memory>(some, how);
    BOOST_TEST_MESSAGE(found.programs << " of " << all.size() << " programs: " << found.states << " states, "
                                      << found.ends << " of them at rest, " << found.steps << " steps");
    BOOST_TEST_REQUIRE(found.wrong == "");
}

}  // namespace tokend::exploration

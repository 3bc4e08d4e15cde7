#pragma once

#include "table/token_walk.hpp"

#include <boost/test/unit_test.hpp>

#include <random>
#include <string>

BOOST_TEST_DONT_PRINT_LOG_VALUE(tokend::insert_result)

// What the tests of the table share: tokens of two principals, issued at noon unless they say so.
namespace tokend::testing {

using std::chrono::seconds;
using std::chrono::sys_seconds;

inline constexpr sys_seconds noon{seconds{1'800'000'000}};
inline std::string const alice = "alice of ACME";
inline std::string const bob = "bob of ACME";

inline token_key random_key()
{
    static std::mt19937_64 random{42};
    return {random(), random()};
}

inline insert_result put(table& kept, token_key key, std::string const& who = alice, seconds life = seconds{60},
                         sys_seconds now = noon)
{
    return kept.insert(key, kept.prepare(who, who), now, now + life, now);
}

inline bool has(table const& kept, token_key key, sys_seconds now = noon)
{
    found_token found;
    return kept.find(key, now, found);
}

inline void check_consistent(table& kept)
{
    auto const count = kept.census();
    BOOST_TEST(count.live == kept.size());
    BOOST_TEST(count.busy == 0U);
    BOOST_TEST(count.mistold == 0U);
    BOOST_TEST(count.indexed == count.live);
}

}  // namespace tokend::testing

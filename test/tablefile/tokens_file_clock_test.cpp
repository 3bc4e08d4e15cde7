#include "support/patience.hpp"
#include "tablefile/stored_table.hpp"

#include <ctime>

using namespace tokend;
using namespace tokend::testing;
using tokend::test::temporary_folder;

BOOST_AUTO_TEST_SUITE(tokens_file_)

BOOST_AUTO_TEST_CASE(the_clock_does_not_begin_before_the_newest_issue_or_use_of_the_file)
{
    temporary_folder const folder;
    auto const path = folder.path() / "tokens";
    auto const key = random_key();
    sys_seconds issued;
    sys_seconds used;
    {
        stored_table t{path, small_table, std::chrono::hours{1}};
        issued = t.time();
        BOOST_REQUIRE(t.put(key, alice, std::chrono::hours{3}) == insert_result::done);
    }
    {
        stored_table t{path};
        BOOST_TEST((t.time() >= issued));
        BOOST_TEST((t.time() < issued + std::chrono::minutes{30}));
        used = issued + std::chrono::hours{2};
        BOOST_TEST(t.kept.touch(key, used + std::chrono::hours{3}, used));
    }
    stored_table t{path};
    BOOST_TEST((t.time() >= used));
    BOOST_TEST((t.time() < used + std::chrono::minutes{30}));
}

BOOST_AUTO_TEST_CASE(a_start_under_a_wrong_clock_that_issued_nothing_leaves_no_trace)
{
    temporary_folder const folder;
    auto const path = folder.path() / "tokens";
    {
        stored_table const t{path, small_table, std::chrono::hours{24 * 3650}};
    }
    stored_table const t{path};
    BOOST_TEST((t.now.now() < std::chrono::system_clock::now() + std::chrono::minutes{30}));
}

// A clock that is ahead by less than a day would be believed.
BOOST_AUTO_TEST_CASE(nor_does_one_that_made_a_new_snapshot)
{
    auto other = small_table;
    other.capacity = 201;  // another one: the start makes a new snapshot
    for (auto const ahead : {std::chrono::hours{20}, std::chrono::hours{24 * 3650}})
    {
        temporary_folder const folder;
        auto const path = folder.path() / "tokens";
        {
            stored_table t{path};
            t.put(random_key());
        }
        {
            stored_table const t{path, other, ahead};
            BOOST_REQUIRE(tokend::test::eventually([&] {
                return read_header(journal_file::open(path, journal_file::access::read)).what.capacity == 201;
            }));
        }
        stored_table const t{path};
        BOOST_TEST((t.now.now() < std::chrono::system_clock::now() + std::chrono::minutes{30}));
    }
}

BOOST_AUTO_TEST_CASE(tokens_issued_under_a_clock_ten_years_ahead_live_one_lifetime_from_the_start_that_finds_them)
{
    temporary_folder const folder;
    auto const path = folder.path() / "tokens";
    auto const key = random_key();
    auto const system_now = [] { return std::chrono::floor<seconds>(std::chrono::system_clock::now()); };
    {
        stored_table t{path, small_table, std::chrono::hours{24 * 3650}};
        BOOST_REQUIRE(t.put(key, alice, seconds{1000}) == insert_result::done);
    }
    for (int start = 0; start < 2; ++start)  // the second one finds what the first one wrote
    {
        stored_table t{path};
        BOOST_TEST((t.time() < system_now() + std::chrono::minutes{30}));
        BOOST_TEST(t.file->restored().postdated == (start == 0 ? 1U : 0U));
        BOOST_TEST((end_of(t, key) <= t.time() + seconds{1000}));
        if (start != 0)
            continue;
        for (bool written = false; !written;)  // the new snapshot holds the mended times
        {
            BOOST_REQUIRE(t.put(random_key()) == insert_result::done);
            BOOST_REQUIRE(t.keep(durability::on_disk));
            auto const file = journal_file::open(path, journal_file::access::read);
            written = read_header(file).what.token_units != 0;
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()

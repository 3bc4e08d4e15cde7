#include "tablefile/stored_table.hpp"

#include "support/patience.hpp"

#include <ctime>
#include <map>
#include <stdexcept>
#include <string>
#include <thread>
#include <tuple>
#include <vector>

using namespace tokend;
using namespace tokend::testing;
using tokend::test::temporary_folder;

namespace {

std::string whose(stored_table const& t, token_key key)
{
    found_token found;
    return t.kept.find(key, t.time(), found) ? std::string{found.principal().begin(), found.principal().end()} : "";
}

std::vector<token_key> put_many(stored_table& t, std::size_t count, std::string const& who = alice)
{
    std::vector<token_key> keys;
    for (std::size_t i = 0; i < count; ++i)
        BOOST_REQUIRE(t.put(keys.emplace_back(random_key()), who) == insert_result::done);
    return keys;
}

std::size_t count(stored_table const& t, std::vector<token_key> const& keys)
{
    return static_cast<std::size_t>(std::ranges::count_if(keys, [&](token_key k) { return t.has(k); }));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(tokens_file_)

BOOST_AUTO_TEST_CASE(tokens_survive_with_their_principals_and_times)
{
    temporary_folder const folder;
    auto const path = folder.path() / "tokens";
    auto const one = random_key();
    auto const other = random_key();
    sys_seconds end;
    {
        stored_table t{path};
        t.put(one, alice);
        t.put(other, bob);
        end = end_of(t, one);
    }
    stored_table t{path};
    BOOST_TEST(t.file->restored().live == 2U);
    BOOST_TEST(t.file->restored().damaged == 0U);
    BOOST_TEST(whose(t, one) == alice);
    BOOST_TEST(whose(t, other) == bob);
    BOOST_TEST((end_of(t, one) == end));
    check_consistent(t.kept);
    BOOST_TEST(t.kept.census().records == 2U);
}

BOOST_AUTO_TEST_CASE(a_released_token_does_not_come_back_and_neither_does_its_principal)
{
    temporary_folder const folder;
    auto const path = folder.path() / "tokens";
    auto const one = random_key();
    auto const other = random_key();
    {
        stored_table t{path};
        t.put(one, alice);
        t.put(other, bob);
        BOOST_TEST(t.kept.erase(one, t.time()));
    }
    stored_table t{path};
    BOOST_TEST(!t.has(one));
    BOOST_TEST(t.has(other));
    BOOST_TEST(t.kept.census().records == 1U);
    check_consistent(t.kept);
}

BOOST_AUTO_TEST_CASE(a_touched_token_ends_as_late_as_it_was_told_even_if_it_was_issued_for_less)
{
    temporary_folder const folder;
    auto const path = folder.path() / "tokens";
    auto const key = random_key();
    sys_seconds later;
    {
        stored_table t{path};
        t.put(key, alice, seconds{1});
        later = t.time() + seconds{500};
        BOOST_TEST(t.kept.touch(key, later, t.time()));
        BOOST_TEST(t.kept.touch(key, later - seconds{100}, t.time()));
    }
    stored_table t{path};
    BOOST_TEST((end_of(t, key) == later));
}

BOOST_AUTO_TEST_CASE(all_of_it_holds_across_many_snapshots_and_openings)
{
    temporary_folder const folder;
    auto const path = folder.path() / "tokens";
    std::vector<token_key> live;
    std::vector<token_key> gone;
    for (int opening = 0; opening < 5; ++opening)
    {
        stored_table t{path};
        BOOST_TEST(count(t, live) == live.size());
        BOOST_TEST(count(t, gone) == 0U);
        BOOST_TEST(t.file->restored().damaged == 0U);
        check_consistent(t.kept);
        for (int round = 0; round < 20'000; ++round)
        {
            if (live.size() == 150)
            {
                BOOST_REQUIRE(t.kept.erase(live.front(), t.time()));
                gone.push_back(live.front());
                live.erase(live.begin());
            }
            auto const who = std::to_string(round / 7) + std::string(static_cast<std::size_t>(round % 90), 'x');
            BOOST_REQUIRE(t.put(live.emplace_back(random_key()), who) == insert_result::done);
        }
    }
}

BOOST_AUTO_TEST_CASE(a_file_grows_and_shrinks_with_the_capacity_and_is_refused_if_it_does_not_fit)
{
    temporary_folder const folder;
    auto const path = folder.path() / "tokens";
    auto larger = small_table;
    larger.capacity = 5000;
    auto smaller = small_table;
    smaller.capacity = 99;
    std::vector<token_key> keys;
    {
        stored_table t{path};
        keys = put_many(t, 100);
    }
    {
        stored_table t{path, larger};
        BOOST_TEST(count(t, keys) == 100U);
        put_many(t, 1);
        keys.push_back(random_key());
        t.put(keys.back());
    }
    BOOST_CHECK_THROW((stored_table{path, smaller}), std::runtime_error);
    {
        stored_table t{path};
        BOOST_TEST(count(t, keys) == 101U);
        BOOST_TEST(t.kept.erase(keys.back(), t.time()));
        BOOST_TEST(t.kept.erase(keys.front(), t.time()));
        for (std::size_t i = 2; i < 4; ++i)
            BOOST_TEST(t.kept.erase(keys[i], t.time()));
    }
    {
        stored_table const t{path, smaller};
        BOOST_TEST(count(t, keys) == 97U);
        BOOST_TEST(t.kept.size() == 98U);
    }
    BOOST_TEST(!std::filesystem::exists(folder.path() / "tokens.new"));
}

// A power cut may take back releases and leave the tokens that were issued for them.
BOOST_AUTO_TEST_CASE(more_tokens_than_the_capacity_are_kept_and_none_is_issued_until_enough_have_ended)
{
    temporary_folder const folder;
    auto const path = folder.path() / "tokens";
    std::vector<token_key> keys;
    {
        stored_table t{path};
        keys = put_many(t, small_table.capacity);
        BOOST_TEST((t.put(random_key()) == insert_result::full));
    }
    {
        auto const kept = journal::open(path, small_table.capacity);
        auto const contents = kept->contents();
        auto const serial = contents.last_serial;
        kept->go_on_behind(contents);
        auto const now = static_cast<std::uint32_t>(std::time(nullptr));
        for (std::uint64_t a : {1U, 2U})
        {
            journal_entry const issue{
                .kind = entry_kind::issue, .a = a, .issued = now, .expires = now + 1000, .serial = serial};
            BOOST_REQUIRE((kept->append(std::span{&issue, 1}, entry_purpose::issue) == append_result::done));
        }
        kept->write();
    }
    stored_table t{path};
    BOOST_TEST(t.kept.size() == small_table.capacity + 2);
    BOOST_TEST(t.kept.erase({1, 0}, t.time()));
    BOOST_TEST(t.kept.erase({2, 0}, t.time()));
    BOOST_TEST((t.put(random_key()) == insert_result::full));
    BOOST_TEST(t.kept.erase(keys[1], t.time()));
    BOOST_TEST((t.put(random_key()) == insert_result::done));
    check_consistent(t.kept);
}

BOOST_AUTO_TEST_CASE(the_tokens_of_a_principal_are_in_the_order_of_their_age_after_a_while)
{
    temporary_folder const folder;
    auto const path = folder.path() / "tokens";
    {
        stored_table t{path};
        for (int i = 0; i < 50; ++i)
            std::ignore = t.kept.insert(random_key(), t.kept.prepare(alice, alice), t.time() - seconds{(i * 37) % 50},
                                        t.time() + seconds{1000}, t.time());
    }
    stored_table t{path};
    sys_seconds last{};
    token_walk walk{t.kept, alice, [](auto) { return true; }};
    std::size_t met = 0;
    for (found_token found; walk.next(t.time(), found); ++met)
    {
        BOOST_TEST((found.issued_at >= last));
        last = found.issued_at;
    }
    BOOST_TEST(met == 50U);
    check_consistent(t.kept);
}

BOOST_AUTO_TEST_CASE(the_addresses_of_clients_survive_in_the_log_and_in_snapshots)
{
    temporary_folder const folder;
    auto const path = folder.path() / "tokens";
    auto other = small_table;
    other.capacity = 201;  // the next start makes a snapshot
    std::map<std::uint64_t, std::string> given;
    {
        stored_table t{path};
        for (int i = 0; i < 60; ++i)
        {
            auto const key = random_key();
            auto const address = i % 7 == 0 ? std::string{} : "192.0.2." + std::to_string(i % 10);
            auto whose = t.kept.prepare(alice, alice);
            whose.address = address;
            BOOST_REQUIRE(
                (t.kept.insert(key, whose, t.time(), t.time() + seconds{1000}, t.time()) == insert_result::done));
            given[key.a] = address;
        }
    }
    for (auto const& options : {small_table, other, other})
    {
        stored_table t{path, options};
        std::size_t met = 0;
        token_walk walk{t.kept, alice, [](auto who) { return std::string{who.begin(), who.end()} == alice; }};
        for (found_token found; walk.next(t.time(), found); ++met)
            BOOST_TEST(walk.address() == given.at(found.key.a));
        BOOST_TEST(met == given.size());
        BOOST_TEST(t.kept.census().records <= 2U);  // with bob's, from the second start on
        check_consistent(t.kept);
        t.put(random_key(), bob);
        BOOST_TEST(t.keep(durability::on_disk));
    }
}

BOOST_AUTO_TEST_CASE(tokens_that_were_given_another_principal_keep_it)
{
    temporary_folder const folder;
    auto const path = folder.path() / "tokens";
    std::string const promoted = alice + " in other groups";
    std::vector<token_key> moved;
    token_key later;
    {
        stored_table t{path};
        for (int i = 0; i < 30; ++i)
            std::ignore = t.kept.insert(moved.emplace_back(random_key()), t.kept.prepare(alice, "alice"), t.time(),
                                        t.time() + seconds{1000}, t.time());
        while (t.kept.replace_principal(alice, t.kept.prepare(promoted, "alice"), 8) == 8)
            ;
        later = random_key();  // somebody logs in with what the others had
        std::ignore =
            t.kept.insert(later, t.kept.prepare(alice, "alice"), t.time(), t.time() + seconds{1000}, t.time());
        for (auto const key : moved)
            BOOST_TEST(whose(t, key) == promoted);
    }
    auto other = small_table;
    other.capacity = 201;
    for (auto const& options : {small_table, other, other})
    {
        stored_table t{path, options};
        for (auto const key : moved)
            BOOST_TEST(whose(t, key) == promoted);
        BOOST_TEST(whose(t, later) == alice);
        t.put(random_key(), bob);
        BOOST_TEST(t.keep(durability::on_disk));
    }
}

// Threads issue, touch and release over a small log, so that snapshots are made all the time.
BOOST_AUTO_TEST_CASE(what_threads_did_beside_snapshots_is_all_there)
{
    temporary_folder const folder;
    auto const path = folder.path() / "tokens";
    constexpr std::size_t rounds = 60'000;
    std::array<std::vector<token_key>, 2> live;
    std::array<std::vector<token_key>, 2> gone;
    {
        stored_table t{path};
        auto const work = [&](std::size_t me) {
            std::mt19937_64 random{me};
            for (std::size_t i = 0; i < rounds; ++i)
            {
                if (live[me].size() == 80)
                {
                    std::ignore = t.kept.erase(live[me].front(), t.time());
                    gone[me].push_back(live[me].front());
                    live[me].erase(live[me].begin());
                }
                token_key const key{random(), random()};
                auto const who = "user " + std::to_string(i / 5 % 50);
                if (t.put(key, who) == insert_result::done)
                    live[me].push_back(key);
                if (i % 3 == 0)
                    std::ignore = t.kept.touch(live[me].back(), t.time() + seconds{2000}, t.time());
            }
        };
        std::thread other{work, 1};
        work(0);
        other.join();
    }
    stored_table t{path};
    for (std::size_t me : {0U, 1U})
    {
        BOOST_TEST(count(t, live[me]) == live[me].size());
        BOOST_TEST(count(t, gone[me]) == 0U);
    }
    BOOST_TEST(t.file->restored().damaged == 0U);
    BOOST_TEST(t.kept.size() == live[0].size() + live[1].size());
    check_consistent(t.kept);
}

BOOST_AUTO_TEST_SUITE_END()

// Work over very many sessions leaves the loop to others: a validation is answered between two slices.
#include "upkeep/session_slices.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/test/unit_test.hpp>

#include <memory>
#include <vector>

using namespace tokend;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t many = 5000;

struct crowded
{
    tokend::clock clock{};
    table kept{{.capacity = 20'000}};
    sessions all{kept};
    entropy random{};
    std::vector<issued_token> issued{};
    asio::io_context loop{1};
    session_owner const alice{.organisation = "ACME", .backend = "staff", .username = "alice"};

    crowded()
    {
        principal who;
        who.organisation = alice.organisation;
        who.backend = alice.backend;
        who.username = alice.username;
        who.unit = "north";
        who.units = {"north"};
        for (std::size_t i = 0; i < many; ++i)
            issued.push_back(all.issue(who, {}, clock.now(), random).value());
    }
    bool is_active(issued_token const& token)
    {
        inspection seen;
        return all.inspect(token.token.reveal(), clock.now(), seen);
    }
    std::size_t left() { return all.count(alice, clock.now()); }

    // Runs the work, and `other` as another client's request that comes in when the work begins.
    template <class Result, class Other>
    Result run_beside(task<Result> work, Other other)
    {
        Result result{};
        auto done = [&](std::exception_ptr trouble, Result r) {
            BOOST_TEST(!trouble);
            result = r;
        };
        asio::co_spawn(loop, std::move(work), done);
        asio::post(loop, other);
        loop.run();
        return result;
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(session_slices_, crowded)

BOOST_AUTO_TEST_CASE(a_validation_is_answered_while_very_many_sessions_are_released)
{
    std::size_t left_then = 0;
    auto own = std::make_unique<accessor_text>(issued.back().accessor);
    auto const released = run_beside(release_in_slices(all, clock, alice, std::move(own), token_end::released), [&] {
        BOOST_TEST(is_active(issued.back()));
        left_then = left();
    });
    BOOST_TEST(released == many - 1);
    BOOST_TEST(left() == 1U);
    BOOST_TEST(is_active(issued.back()));
    BOOST_TEST(left_then > 1U);    // the release was not over,
    BOOST_TEST(left_then < many);  // and had begun
}

BOOST_AUTO_TEST_CASE(a_validation_is_answered_while_a_page_of_very_many_sessions_is_searched)
{
    auto const page = all.begin_page(alice, {}, 10, clock.now());
    bool complete = false;
    bool complete_then = true;
    auto searching = [](session_page& searched, bool& done) -> task<bool> {
        co_await complete_in_slices(searched);
        done = true;
        co_return true;
    };
    run_beside(searching(*page, complete), [&] { complete_then = complete; });
    BOOST_TEST(complete);
    BOOST_TEST(!complete_then);
    BOOST_TEST(page->sessions().size() == 10U);
}

BOOST_AUTO_TEST_CASE(a_validation_is_answered_while_very_many_sessions_get_other_groups)
{
    inspection seen;
    bool had_changed = false;
    bool had_not_changed = false;
    auto rights = granted_rights{.units = {"north"}, .groups = {"admins"}, .not_after = 0};
    auto const change = run_beside(grant_in_slices(all, clock, alice, std::move(rights)), [&] {
        for (auto const& token : issued)
        {
            BOOST_REQUIRE(all.inspect(token.token.reveal(), clock.now(), seen));
            bool const changed = seen.principal.groups.contains("admins");
            had_changed = had_changed || changed;
            had_not_changed = had_not_changed || !changed;
        }
    });
    BOOST_TEST(had_changed);
    BOOST_TEST(had_not_changed);
    BOOST_TEST(change.changed == many);
    BOOST_TEST(is_active(issued.front()));
}

BOOST_AUTO_TEST_SUITE_END()

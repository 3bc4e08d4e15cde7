#include "base/commit_queue.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <string>

using namespace tokend;
using namespace std::chrono_literals;

namespace {

// Notifies the waiters that were taken, and lists them.
struct heard
{
    std::string names;
    std::unique_ptr<commit_waiter> as(char name)
    {
        return when_done([this, name](bool) { names += name; });
    }
    std::string notify(waiter_list& taken)
    {
        names.clear();
        taken.notify(true);
        return names;
    }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(commit_queue_)

BOOST_AUTO_TEST_CASE(whoever_waits_is_taken_when_so_much_is_that_safe_and_in_their_order)
{
    commit_queue queue;
    heard h;
    std::chrono::steady_clock::time_point const noon{12h};
    queue.add(durability::written, 1, noon, h.as('a'));
    queue.add(durability::on_disk, 1, noon, h.as('b'));
    queue.add(durability::written, 2, noon + 1s, h.as('c'));
    queue.add(durability::on_disk, 3, noon + 2s, h.as('d'));
    auto const take = [&](auto... how) {
        waiter_list out;
        queue.take(how..., out);
        return h.notify(out);
    };
    BOOST_TEST(take(durability::written, 0U) == "");
    BOOST_TEST(take(durability::written, 2U) == "ac");
    BOOST_TEST(queue.waits_for_disk());
    BOOST_TEST(take(durability::on_disk, 2U) == "b");
    waiter_list late;
    queue.take_older(noon + 2s, late);
    BOOST_TEST(h.notify(late) == "");
    queue.take_older(noon + 3s, late);
    BOOST_TEST(h.notify(late) == "d");
    BOOST_TEST(queue.is_empty());
}

BOOST_AUTO_TEST_SUITE_END()

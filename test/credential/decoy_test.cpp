#include "credential/authenticator.hpp"

#include "credential/loaded_backends.hpp"

#include <boost/test/unit_test.hpp>

#include <sstream>

using namespace tokend;
using namespace std::chrono_literals;
using test::held_thread;
using test::pending_result;

namespace {

struct counts_failures
{
    lockouts failures{};
};

// ACME asks a backend whose checks are cheap and then one whose checks are dear. Each has a user of its own.
struct fixture : counts_failures, test::loaded_backends
{
    fixture() : loaded_backends{10}
    {
        for (int n = 0; n < 3; ++n)  // what decoys cost is known once each was needed
            refuse("ACME", "nobody");
        marked = logged().size();
    }

    std::shared_ptr<backend> burning(std::string id, std::string known, std::string check, std::string decoy)
    {
        backend_options options;
        options.id = std::move(id);
        options.deadline = 1h;
        return start("burns", {{"known", known}, {"check", check}, {"decoy", decoy}}, options);
    }
    static std::vector<organisation_options> organisations()
    {
        organisation_options acme;
        acme.name = "ACME";
        acme.backends = {"cheap", "dear"};
        acme.lockout.failures = acme.lockout.name_failures = 0;
        return {acme};
    }
    static login_options at_once()
    {
        login_options options;
        options.failure_time = 0ms;
        return options;
    }
    task<authentication> login(std::string organisation, std::string name)
    {
        credentials c;
        c.name = std::move(name);
        c.proof = secret{"a secret"};
        c.organisation = std::move(organisation);
        return by.verify(std::move(c), {});
    }
    refusal refuse(std::string organisation, std::string name)
    {
        auto const answer = run(login(std::move(organisation), std::move(name)));
        BOOST_REQUIRE(!answer);
        return answer.error();
    }
    // The backends that checked a secret, or computed a decoy, since the last call.
    std::string work()
    {
        std::string done;
        auto const text = logged().substr(marked);
        std::istringstream lines{text};
        for (std::string line; std::getline(lines, line);)
            for (auto const* what : {"checked", "computed a decoy"})
                if (line.find(what) != line.npos)
                    done += what + std::string{line.find("backend=dear") != line.npos ? ": dear. " : ": cheap. "};
        marked += text.size();
        return done;
    }

    std::vector<std::shared_ptr<backend>> backends{burning("cheap", "carol,chuck", "1", "2"),
                                                   burning("dear", "dave", "40", "40")};
    authenticator by{backends, organisations(), at_once(), failures, pool};
    std::size_t marked = 0;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(decoys, fixture)

BOOST_AUTO_TEST_CASE(every_refusal_costs_one_check_of_the_dearest_scheme)
{
    refuse("ACME", "dave");
    BOOST_TEST(work() == "checked: dear. ");
    refuse("ACME", "nobody");
    BOOST_TEST(work() == "computed a decoy: dear. ");
    refuse("ACME", "carol");
    BOOST_TEST(work() == "checked: cheap. computed a decoy: dear. ");
}

BOOST_AUTO_TEST_CASE(an_organisation_that_does_not_exist_behaves_like_one_that_does)
{
    auto const unknown = refuse("nowhere", "nobody");
    BOOST_TEST((unknown.code == code::invalid_credentials));
    BOOST_TEST(unknown.reason == "unknown organisation");
    BOOST_TEST(work() == "computed a decoy: dear. ");
}

BOOST_AUTO_TEST_CASE(refusals_wait_once_for_a_thread_whoever_is_named)
{
    held_thread held{pool};
    pending_result<authentication> cheap{loop, login("ACME", "carol")};
    pending_result<authentication> dear{loop, login("ACME", "dave")};
    pending_result<authentication> nobody{loop, login("ACME", "nobody")};
    pending_result<authentication> nowhere{loop, login("nowhere", "nobody")};
    loop.restart();
    loop.poll();
    held.let_go({"ACME", "unix"});  // a job that came later would not be over
    loop.restart();
    loop.poll();
    for (auto* login : {&cheap, &dear, &nobody, &nowhere})
        BOOST_TEST(login->has_ended());
}

BOOST_AUTO_TEST_CASE(a_full_queue_is_an_overload_whoever_is_named)
{
    held_thread held{pool};
    for (int n = 0; n < 10; ++n)
        BOOST_REQUIRE(pool.try_run({.run = [] {}, .pays = {"ACME", "unix"}}));
    for (auto const* organisation : {"ACME", "nowhere"})
        for (auto const* name : {"carol", "dave", "nobody"})
        {
            auto const refused = refuse(organisation, name);
            BOOST_TEST((refused.code == code::overloaded), organisation << ' ' << name);
        }
}

BOOST_AUTO_TEST_SUITE_END()

#include "app/tokend/setup.hpp"

#include "support/daemon.hpp"

#include <boost/test/unit_test.hpp>

#include <unistd.h>

#include <cstdio>
#include <memory>
#include <string>

namespace tokend::test {
namespace {

struct closes
{
    void operator()(std::FILE* file) const { std::fclose(file); }
};

configuration with_backend(std::string const& plugin)
{
    configuration c;
    c.plugin_directory = fake_plugins();
    auto& corp = c.backends.emplace_back();
    corp.id = corp.where = "corp";
    corp.plugin = plugin;
    return c;
}

BOOST_AUTO_TEST_SUITE(setup_)

// The last owner may be a worker, and the end of a plugin may block.
BOOST_AUTO_TEST_CASE(the_last_owner_of_a_setup_does_not_destroy_its_backends)
{
    std::unique_ptr<std::FILE, closes> const file{std::tmpfile()};
    clock const now;
    logger log{now, {.descriptor = ::fileno(file.get())}};
    blocking_pool pool{1, 1};
    lockouts failures;
    token_shares shares;
    {
        reaper unused;
        auto made = make_setup(with_backend("names_its_end"), pool, unused, failures, shares, log);
        BOOST_TEST_REQUIRE(made->authenticator.backends().size() == 1U);
        made.reset();
    }
    log.flush();
    std::string text(4096, '\0');
    std::rewind(file.get());
    text.resize(std::fread(text.data(), 1, text.size(), file.get()));
    BOOST_TEST(text.find("destroyed by reaper") != text.npos, text);
}

BOOST_AUTO_TEST_CASE(a_backend_that_does_not_start_ends_the_making_of_a_setup)
{
    clock const now;
    logger log{now, {.level = log_level::error}};
    blocking_pool pool{1, 1};
    lockouts failures;
    token_shares shares;
    reaper unused;
    BOOST_CHECK_THROW(make_setup(with_backend("fails_to_start"), pool, unused, failures, shares, log),
                      std::runtime_error);
    BOOST_CHECK_THROW(make_setup(with_backend("no_such_plugin"), pool, unused, failures, shares, log),
                      std::runtime_error);
}

BOOST_AUTO_TEST_CASE(an_organisation_may_use_half_of_the_capacity_and_an_only_one_all_of_it)
{
    configuration c;
    c.tokens.capacity = 9;
    auto const most = [&](std::size_t i) { return organisations_of(c)[i].limits.max_tokens; };
    c.organisations.emplace_back();
    BOOST_TEST(most(0) == 9U);
    c.organisations.emplace_back();
    BOOST_TEST(most(0) == 4U);
    BOOST_TEST(most(1) == 4U);
    c.organisations[1].max_tokens = portion{.value = 70, .is_percentage = true};
    c.organisations[0].max_tokens = portion{.value = 2};
    BOOST_TEST(most(0) == 2U);
    BOOST_TEST(most(1) == 6U);
    BOOST_TEST(organisations_of(c)[0].limits.max_sessions == 10'000U);
    BOOST_TEST((organisations_of(c)[0].limits.policy == sessions_policy::reject));
}

BOOST_AUTO_TEST_CASE(all_setups_count_the_tokens_of_an_organisation_together)
{
    clock const now;
    logger log{now, {.level = log_level::error}};
    blocking_pool pool{1, 1};
    lockouts failures;
    token_shares shares;
    reaper unused;
    auto c = with_backend("names_its_end");
    c.organisations.emplace_back().name = "ACME";
    auto const first = make_setup(c, pool, unused, failures, shares, log);
    c.organisations[0].name = "Acme";
    c.organisations.emplace_back().name = "OTHER";
    auto const second = make_setup(c, pool, unused, failures, shares, log);
    auto const share_of = [](auto const& made, char const* name) {
        return made->authenticator.find(name)->limits.share;
    };
    BOOST_TEST(share_of(first, "acme") == &shares.of("ACME"));
    BOOST_TEST(share_of(second, "ACME") == &shares.of("acme"));
    BOOST_TEST(share_of(second, "OTHER") != &shares.of("acme"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace tokend::test

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

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace tokend::test

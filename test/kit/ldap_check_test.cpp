#include "kit/shell.hpp"
#include "ldap/http_rig.hpp"
#include "ldap/slapd.hpp"

#include <boost/test/unit_test.hpp>

using namespace tokend::test;

namespace {

struct checked_corp : corp
{
    result check(std::string const& uri, std::string const& more = {}) const
    {
        auto const file = options(backend(uri)).configuration.string();
        return shell("echo " + in_quotes(password_of("anna")) + " | " TEST_CHECK " --config=" + in_quotes(file) +
                     " --backend=corp --user=anna --password-stdin " + more + " " TEST_PLUGINS "/ldap.so");
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(ldap_check_, checked_corp)

BOOST_AUTO_TEST_CASE(the_plugin_of_directories_keeps_the_contract)
{
    auto const r = check(slapd::shared().tls_uri());
    BOOST_TEST(r.status == 0, r.output);
    BOOST_TEST(r.output.find("accepted as anna") != r.output.npos, r.output);
}

BOOST_AUTO_TEST_CASE(a_directory_that_cannot_be_reached_is_an_outage)
{
    auto const r = check("ldap://127.0.0.1:" + std::to_string(free_port()), "--only=start --only=unknown");
    BOOST_TEST(r.status == 1);
    BOOST_TEST(r.output.find("ok    start: ") != r.output.npos, r.output);
    BOOST_TEST(r.output.find("FAIL  unknown: cannot check") != r.output.npos, r.output);
}

BOOST_AUTO_TEST_SUITE_END()

#include "support/proxy_of_run.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <stdexcept>

namespace tokend::test {
namespace {

struct has_a_proxy
{
    has_a_proxy()
    {
        auto const missing = missing_packages(proxy_of_run());
        if (missing.empty())
            return;
        std::cerr << "skipped: " << name_of(proxy_of_run()) << " needs missing packages:";
        for (auto const& package : missing)
            std::cerr << ' ' << package;
        std::cerr << std::endl;
        std::_Exit(77);
    }
};

BOOST_TEST_GLOBAL_FIXTURE(has_a_proxy);

}  // namespace

proxy_kind proxy_of_run()
{
    auto const& suite = boost::unit_test::framework::master_test_suite();
    std::string_view const name = suite.argc > 1 ? suite.argv[1] : "";
    auto const* const found =
        std::find_if(proxy_kinds.begin(), proxy_kinds.end(), [name](proxy_kind kind) { return name_of(kind) == name; });
    if (found == proxy_kinds.end())
        throw std::invalid_argument{"name a proxy behind --, not '" + std::string{name} + "'"};
    return *found;
}

}  // namespace tokend::test

#pragma once

#include "ldap/directory_rig.hpp"

#include <boost/test/unit_test.hpp>

#include <string_view>

// Checks of the answer to a login.
namespace tokend::test {

inline bool is(ldap_plugin::finding const& got, tokend_verdict verdict) { return got.verdict == verdict; }

inline bool comes_back(directory_rig& rig)
{
    return eventually([&] { return is(rig.log_in("anna"), TOKEND_ACCEPT); });
}

inline void check_unavailable(ldap_plugin::finding const& got, std::string_view words = {})
{
    BOOST_TEST(is(got, TOKEND_UNAVAILABLE), got.reason);
    BOOST_TEST(got.reason.find(words) != std::string::npos, got.reason);
}

}  // namespace tokend::test

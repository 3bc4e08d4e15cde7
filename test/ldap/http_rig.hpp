#pragma once

#include "contract/contract.hpp"
#include "ldap/slapd.hpp"
#include "support/daemon.hpp"
#include "support/temporary_folder.hpp"

#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include <string>
#include <string_view>

// tokend with the plugin and slapd, for requests over HTTP.
namespace tokend::test {

// A folder with the configuration of one organisation, CORP, whose users are in the directory.
struct corp
{
    temporary_folder folder{};

    std::string backend(std::string_view uri, std::string_view more = {}) const
    {
        folder.write("password", std::string{service_password} + "\n");
        return "[backend.corp]\nplugin = ldap\nuris = " + std::string{uri} +
               "\nstart-tls = no\ntls-ca = " + slapd::shared().authority() + "\nbind-dn = " + std::string{service_dn} +
               "\nbind-password-file = password\nuser-base = " + std::string{people_base} +
               "\ngroup-units = north -> N\nretry-first = 50ms\nretry-last = 200ms\n" + std::string{more} +
               "[organisation.CORP]\nbackends = corp\n";
    }
    daemon_options options(std::string const& configuration, std::vector<std::string> arguments = {}) const
    {
        arguments.push_back("--login.failure-time=0ms");
        return {.configuration = folder.write("tokend.conf", configuration), .arguments = std::move(arguments)};
    }
};

inline std::string login_body(std::string_view user, std::string_view password)
{
    auto text = R"({"organisation":"CORP","username":)" + boost::json::serialize(boost::json::value(user));
    return text + R"(,"password":)" + boost::json::serialize(boost::json::value(password)) + '}';
}

inline answer log_in(daemon_process const& tokend, std::string_view user, std::string_view password)
{
    return ask(tokend.address(), post(issue_path, login_body(user, password)));
}
inline answer log_in(daemon_process const& tokend, std::string_view user)
{
    return log_in(tokend, user, password_of(user));
}

}  // namespace tokend::test

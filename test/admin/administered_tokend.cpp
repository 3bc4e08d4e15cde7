#include "admin/administered_tokend.hpp"

#include "contract/contract.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <utility>

namespace tokend::test {
namespace {

// The address in the line of the log that says where the listener `tcp` listens.
std::string bound_address(daemon_process const& tokend)
{
    constexpr std::string_view begin = R"("listener":"tcp","address":")";
    BOOST_TEST_REQUIRE(tokend.logs(begin));
    auto const log = tokend.log();
    auto const at = log.find(begin) + begin.size();
    return log.substr(at, log.find('"', at) - at);
}

std::vector<std::string> with_json_log(std::vector<std::string> arguments)
{
    arguments.emplace_back("--log.format=json");
    return arguments;
}

}  // namespace

std::string administered_tokend::sections(std::string const& unix_address, std::string const& grant)
{
    return "[listen.admin]\naddress = " + unix_address + "\n[listen.tcp]\naddress = 127.0.0.2:0\nserve = admin\n" +
           "[admin]\noperators = " + grant + " bearer\ntoken-file = operator.token\n";
}

administered_tokend::administered_tokend(std::string const& grant, std::string const& more,
                                         std::vector<std::string> arguments)
    : more_{more},
      unix_{"unix:" + (sockets_ / "admin.sock").string()},
      tokend_{"drop",
              with_json_log(std::move(arguments)),
              sections(unix_, grant) + more,
              {{"operator.token", std::string{operator_token} + '\n'}}},
      tcp_{bound_address(tokend_.daemon())}
{}

void administered_tokend::grant(std::string const& role)
{
    tokend_.configure(audited_tokend::sections(sections(unix_, role) + more_));
    auto const data = check_ok(ask_as_admin(post("/admin/v1/reload", "{}")));
    BOOST_TEST_REQUIRE(data.at("reloaded").as_bool());
}

answer administered_tokend::ask_as_admin(std::string_view request) const { return ask(unix_, request); }

answer administered_tokend::ask_as_bearer(std::string_view verb, std::string_view target, std::string_view body,
                                          std::string_view token) const
{
    return ask(tcp_, request(verb, target, token.empty() ? std::string{} : bearer(token), body));
}

std::string text(boost::json::object const& from, std::string_view name)
{
    return std::string{from.at(name).as_string()};
}

}  // namespace tokend::test

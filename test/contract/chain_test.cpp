// How the backends of an organisation are asked: who stops the chain, who passes on, and what an outage means.
#include "contract/contract.hpp"
#include "support/daemon.hpp"
#include "support/temporary_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>
#include <vector>

using namespace tokend::test;

namespace {

constexpr int accept = 1, bad_secret = 2, no_such_user = 3, not_mine = 4, locked = 5, disabled = 6, expired = 7,
              unavailable = 8;
constexpr int unavailable_next = 108;  // with on-unavailable = next

struct chain
{
    std::string_view what;
    std::vector<int> verdicts;
    std::string_view outcome;  // the backend that accepts, "b1" or "b2" ..., or the code of the refusal
};

std::vector<chain> const chains{
    {"the first accepts", {accept, bad_secret}, "b1"},
    {"the first of two accepts", {accept, accept}, "b1"},
    {"an unknown name is passed on", {no_such_user, accept}, "b2"},
    {"a question for others is passed on", {not_mine, accept}, "b2"},
    {"all the way", {no_such_user, not_mine, no_such_user, not_mine, accept}, "b5"},
    {"a wrong secret stops", {bad_secret, accept}, "INVALID_CREDENTIALS"},
    {"a wrong secret behind others stops", {not_mine, bad_secret, accept}, "INVALID_CREDENTIALS"},
    {"a locked account stops", {locked, accept}, "INVALID_CREDENTIALS"},
    {"a disabled account stops", {disabled, accept}, "INVALID_CREDENTIALS"},
    {"an expired account stops", {expired, accept}, "INVALID_CREDENTIALS"},
    {"nobody knows the name", {no_such_user, no_such_user}, "INVALID_CREDENTIALS"},
    {"nobody feels asked", {not_mine}, "INVALID_CREDENTIALS"},
    {"one does not know the name, one does not feel asked", {no_such_user, not_mine}, "INVALID_CREDENTIALS"},
    {"an outage alone", {unavailable}, "BACKEND_UNAVAILABLE"},
    {"an outage stops", {unavailable, accept}, "BACKEND_UNAVAILABLE"},
    {"an outage behind others stops", {no_such_user, unavailable, accept}, "BACKEND_UNAVAILABLE"},
    {"an outage that passes on", {unavailable_next, accept}, "b2"},
    {"an outage that passes on to nobody", {unavailable_next}, "BACKEND_UNAVAILABLE"},
    {"an outage and an unknown name", {unavailable_next, no_such_user}, "BACKEND_UNAVAILABLE"},
    {"an unknown name and an outage", {no_such_user, unavailable_next}, "BACKEND_UNAVAILABLE"},
    {"an outage and a question for others", {unavailable_next, not_mine}, "BACKEND_UNAVAILABLE"},
    {"an outage and a wrong secret", {unavailable_next, bad_secret}, "BACKEND_UNAVAILABLE"},
    {"an outage and a locked account", {unavailable_next, locked}, "BACKEND_UNAVAILABLE"},
    {"two outages that pass on", {unavailable_next, unavailable_next, accept}, "b3"},
    {"no verdict at all is an outage", {0, accept}, "BACKEND_UNAVAILABLE"},
    {"an acceptance before an outage", {accept, unavailable}, "b1"},
    {"a wrong secret before an outage", {bad_secret, unavailable}, "INVALID_CREDENTIALS"},
};

std::string organisation(std::string const& id, std::vector<int> const& verdicts)
{
    std::string backends;
    std::string names;
    for (std::size_t i = 0; i < verdicts.size(); ++i)
    {
        auto const place = std::to_string(i + 1);
        auto const name = id + "-" + place;
        backends += "[backend." + name + "]\nplugin = gives_verdict\nusername = b" + place +
                    "\nverdict = " + std::to_string(verdicts[i] % 100) +
                    "\non-unavailable = " + (verdicts[i] >= 100 ? "next" : "stop") + "\n";
        names += " " + name;
    }
    return backends + "[organisation." + id + "]\nbackends =" + names + "\n";
}

std::string configuration()
{
    std::string text;
    for (std::size_t i = 0; i < chains.size(); ++i)
        text += organisation("chain" + std::to_string(i), chains[i].verdicts);
    return text;
}

std::string login(std::string_view organisation, std::string_view user = "u", std::string_view password = "p")
{
    return R"({"username":")" + std::string{user} + R"(","password":")" + std::string{password} +
           R"(","organisation":")" + std::string{organisation} + R"("})";
}

std::string username_of(std::string const& address, std::string_view body)
{
    auto const token = issue_token(address, body);
    return std::string{check_ok(ask(address, post(validate_path, token_body(token)))).at("username").as_string()};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(chain_)

BOOST_AUTO_TEST_CASE(every_chain_ends_where_its_rules_say)
{
    temporary_folder const folder;
    daemon_process const tokend{{.configuration = folder.write("tokend.conf", configuration()),
                                 .arguments = {"--login.failure-time=0ms"},
                                 .plugins = fake_plugins()}};
    for (std::size_t i = 0; i < chains.size(); ++i)
        BOOST_TEST_CONTEXT(chains[i].what)
        {
            auto const body = login("chain" + std::to_string(i));
            if (chains[i].outcome.starts_with("b"))
                BOOST_TEST(username_of(tokend.address(), body) == chains[i].outcome);
            else
                check_error(ask(tokend.address(), post(issue_path, body)),
                            chains[i].outcome == "INVALID_CREDENTIALS" ? 401 : 503, chains[i].outcome);
        }
}

// A backend that answers too late is an outage like another.
BOOST_AUTO_TEST_CASE(a_deadline_passes_on_as_an_outage_does)
{
    temporary_folder const folder;
    auto const text = std::string{"[backend.stop]\nplugin = never_answers\ndeadline = 50ms\n"
                                  "[backend.next]\nplugin = never_answers\ndeadline = 50ms\non-unavailable = next\n"
                                  "[backend.good]\nplugin = gives_verdict\nverdict = 1\n"
                                  "[organisation.stops]\nbackends = stop, good\n"
                                  "[organisation.goes-on]\nbackends = next, good\n"};
    daemon_process const tokend{{.configuration = folder.write("tokend.conf", text), .plugins = fake_plugins()}};
    check_error(ask(tokend.address(), post(issue_path, login("stops"))), 503, "BACKEND_UNAVAILABLE");
    BOOST_TEST(username_of(tokend.address(), login("goes-on")) == "somebody");
}

// The library of users, and behind it an outage: only those whom the file does not know get to see the outage.
BOOST_AUTO_TEST_CASE(a_real_plugin_stands_in_a_chain_with_one_in_trouble)
{
    temporary_folder const plugins;
    for (auto const& file : {fake_plugins() / "gives_verdict.so", std::filesystem::path{TEST_PLUGINS} / "file.so"})
        std::filesystem::copy_file(file, plugins / file.filename().string());
    temporary_folder const folder;
    auto const text =
        "[backend.staff]\nplugin = file\nusers = " + (demonstration().parent_path() / "crmdemo.users").string() +
        "\n[backend.out]\nplugin = gives_verdict\nverdict = 8\n"
        "[organisation.mixed]\nbackends = staff out\n";
    daemon_process const tokend{{.configuration = folder.write("tokend.conf", text),
                                 .arguments = {"--login.failure-time=0ms"},
                                 .plugins = plugins.path()}};
    auto const answer_to = [&](std::string_view user, std::string_view password) {
        return ask(tokend.address(), post(issue_path, login("mixed", user, password)));
    };
    check_ok(answer_to("mpadministrator", "1234"));
    check_error(answer_to("mpadministrator", "wrong"), 401, "INVALID_CREDENTIALS");
    check_error(answer_to("leaver", "gone-1"), 401, "INVALID_CREDENTIALS");
    check_error(answer_to("nobody", "1234"), 503, "BACKEND_UNAVAILABLE");
}

BOOST_AUTO_TEST_SUITE_END()

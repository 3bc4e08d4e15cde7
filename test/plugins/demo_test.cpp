#include "access_token/access_tokens.hpp"
#include "common/text_file.hpp"
#include "file/users.hpp"

#include <boost/test/unit_test.hpp>

using namespace tokend::plugin;
using namespace std::chrono_literals;

// The demonstration data of the HTTP contract.
namespace {

constexpr instant now{1'800'000'000s};
std::string const first = "EE63A82C4FEBE02FF34E90DD1EBA5ABE";
std::string const second = "5B0C1D7E2F384A6990ABCDEF12345678";
std::vector<std::string> const no_units;

std::string text(std::string const& file) { return read_text_file(DEMO_FOLDER "/" + file).text; }

void expect(judgement const& got, std::string const& name, membership const& belongs)
{
    BOOST_REQUIRE_MESSAGE(got.who != nullptr, name << ": " << got.reason);
    BOOST_TEST(got.who->name == name);
    BOOST_TEST((got.who->belongs == belongs), name);
    BOOST_TEST(!got.who->ends);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(demo_)

BOOST_AUTO_TEST_CASE(the_users_are_those_of_the_contract)
{
    auto const crmdemo = users::parse(text("crmdemo.users"), "crmdemo.users", &no_units);
    BOOST_TEST(crmdemo.size() == 3U);
    expect(crmdemo.check("mpadministrator", "1234", now), "mpadministrator", {{first, second}, first, {"admins"}});
    expect(crmdemo.check("roamer", "wander-1", now), "roamer", {{first, second}, "", {}});
    BOOST_TEST((crmdemo.check("leaver", "gone-1", now).verdict == verdict::disabled));
    BOOST_TEST((crmdemo.find("leaver")->who.belongs == membership{{first}, "", {}}));

    auto const acme = users::parse(text("acme.users"), "acme.users", &no_units);
    BOOST_TEST(acme.size() == 1U);
    expect(acme.check("mpadministrator", "other-secret", now), "mpadministrator", {{first}, "", {}});
}

BOOST_AUTO_TEST_CASE(the_access_tokens_are_those_of_the_contract)
{
    auto key_text = text("access_tokens.key");
    key_text.pop_back();  // cuts the newline, as the host does
    code_key const key{key_text};
    auto const all = access_tokens::parse(text("access_tokens"), "access_tokens");
    membership const one_unit{{first}, "", {}};
    BOOST_TEST(all.size() == 4U);
    expect(all.check_code("99123456", key, now), "kiosk-7", one_unit);
    BOOST_TEST(!all.check_code("99123456", key, now).who->is_api_key);
    expect(all.check_code("demo-api-key-1", key, now), "robot", one_unit);
    BOOST_TEST(all.check_code("demo-api-key-1", key, now).who->is_api_key);
    expect(all.check_identifier("jsmith", "4711", now), "jsmith", one_unit);
    BOOST_TEST((all.check_identifier("retired", "0000", now).verdict == verdict::disabled));
}

BOOST_AUTO_TEST_CASE(the_hashes_are_cheap_and_the_files_say_so)
{
    auto const crmdemo = users::parse(text("crmdemo.users"), "crmdemo.users", &no_units);
    BOOST_TEST(crmdemo.find("mpadministrator")->hash.strength() == "$6$rounds=1000$");
    for (auto const* file : {"crmdemo.users", "acme.users", "access_tokens"})
        BOOST_TEST(text(file).find("weak on purpose") != std::string::npos, file);
    BOOST_TEST(text("access_tokens.key").starts_with("Public demonstration key"));
}

BOOST_AUTO_TEST_SUITE_END()

#include "fuzz/world.hpp"

#include "credential/fake_backend.hpp"
#include "fuzz/expect.hpp"

#include <fcntl.h>

#include <utility>

namespace tokend::test {
namespace {

using namespace std::chrono_literals;

// The log is written as that of a tokend that is being debugged, and nobody reads it.
int nowhere()
{
    static int const descriptor = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
    return descriptor;
}

principal user(std::string organisation, std::string name, std::string unit)
{
    principal p;
    p.organisation = std::move(organisation);
    p.backend = "accepts";
    p.username = std::move(name);
    p.unit = std::move(unit);
    p.units = {"U1", "U2"};
    p.groups = {"admins", "sales, \xc3\xa4 & co"};
    p.client_address = "198.51.100.1";
    return p;
}

std::vector<known_token> users()
{
    return {{user("ACME", "alice", "U1"), 100s, "0000000000000000000000000000000A", "00000000000000000000-A"},
            {user("ACME", "alice", "U2"), 50s, "0000000000000000000000000000000B", "00000000000000000000-B"},
            {user("BETA", "bobby\n\"", "U1"), 50s, "0000000000000000000000000000000C", "00000000000000000000-C"}};
}

void replace_all(std::string& in, std::string_view what, std::string_view with)
{
    for (auto at = in.find(what); at != in.npos; at = in.find(what, at + with.size()))
        in.replace(at, what.size(), with);
}

constexpr lifetime_rules rules_for(std::string_view organisation)
{
    lifetime_rules rules;
    rules.policy = organisation == "BETA" ? lifetime_policy::sliding : lifetime_policy::fixed;
    return rules;
}

organisation_options organisation_of(std::string name, std::string backend)
{
    organisation_options o;
    o.lifetimes = rules_for(name);
    o.lockout.failures = o.lockout.name_failures = 0;
    o.name = std::move(name);
    o.backends = {std::move(backend)};
    return o;
}

}  // namespace

world::world()
    : tokens{users()},
      shared_{{.level = log_level::debug, .descriptor = nowhere()}},
      usual_{make_setup({})},
      permissive_{make_setup([] {
          http_options http;
          http.legacy_prefixes = {"/old"};
          http.legacy_always_200 = true;
          http.verify_cookie = "sso";
          http.verify_query_token = true;
          return http;
      }())},
      home{shared_.services, usual_, loop, mail, 0}
{
    mail.start([] {});
    issue_tokens();
}

std::vector<std::shared_ptr<backend>> world::make_backends()
{
    std::vector<std::shared_ptr<backend>> made;
    auto const add = [&](std::string id, std::string verdict) {
        backend_options options;
        options.id = std::move(id);
        options.breaker.failures = 0;
        options.where = "world";
        options.settings = {{"verdict", std::move(verdict), options.where, {}},
                            {"units", "U1,U2", options.where, {}},
                            {"default-unit", "U1", options.where, {}},
                            {"api-key", "yes", options.where, {}}};
        made.push_back(load_fake("gives_verdict", std::move(options), pool_, shared_.log));
        made.back()->start();
    };
    add("accepts", "1");
    add("refuses", "2");
    add("knows_nobody", "3");
    add("is_down", "8");
    return made;
}

std::shared_ptr<setup const> world::make_setup(http_options http)
{
    login_options login;
    login.failure_time = 0ms;
    login.lockout.failures = login.lockout.name_failures = 0;
    std::vector<organisation_options> const organisations{
        organisation_of("ACME", "accepts"), organisation_of("BETA", "refuses"), organisation_of("GAMMA", "is_down"),
        organisation_of("DELTA", "knows_nobody")};
    return std::make_shared<setup const>(
        setup{std::move(http), authenticator{make_backends(), organisations, login, failures_, pool_}});
}

void world::issue_tokens()
{
    for (auto& one : tokens)
    {
        auto made = shared_.sessions.issue(one.who, rules_for(one.who.organisation), shared_.clock.now() - one.age,
                                           home.random);
        expect(made.has_value(), "a known user gets a token");
        one.issued = *made;
    }
}

bool world::is_intact(known_token const& one)
{
    auto& seen = home.scratch.session;
    return shared_.sessions.inspect(one.issued.token.reveal(), shared_.clock.now(), seen) &&
           seen.expires_at == one.issued.expires_at;
}

void world::restore()
{
    bool intact = shared_.table.size() == tokens.size();
    for (auto const& one : tokens)
        intact = intact && is_intact(one);
    if (intact)
        return;
    shared_.sessions.release_all(session_choice{session_filter{}}, shared_.clock.now());
    issue_tokens();
}

std::string world::fill_in(std::string_view input) const
{
    std::string filled{input};
    for (auto const& one : tokens)
    {
        replace_all(filled, one.stands_in, one.issued.token.reveal());
        replace_all(filled, one.stands_in_accessor, one.issued.accessor.view());
    }
    return filled;
}

}  // namespace tokend::test

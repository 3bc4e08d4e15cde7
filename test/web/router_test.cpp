#include "web/router.hpp"

#include "web/methods/public_routes.hpp"
#include "web/methods/routes.hpp"
#include "web/request_metrics.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <set>
#include <string>
#include <string_view>
#include <vector>

using namespace tokend;

namespace {

constexpr std::array rows{
    route{.name = "list", .verb = "GET", .path = "/things"},
    route{.name = "add", .verb = "POST", .path = "/things", .native = true},
    route{.name = "read", .verb = "GET", .path = "/things", .use = path_use::last_segment},
    route{.name = "below", .verb = "", .path = "/files", .use = path_use::subtree},
};

struct fixture
{
    fixture() { options.legacy_prefixes = {"/api/v1", "/api/v10"}; }

    std::string found(std::string_view verb, std::string_view path) const
    {
        auto const match = find_route(rows, verb, path, options);
        if (match.route == nullptr)
            return match.legacy ? "legacy none" : "none";
        return std::string{match.route->name} + (match.allows_verb ? "" : " but not the verb") +
               (match.segment.empty() ? "" : " " + std::string{match.segment}) + (match.legacy ? " legacy" : "");
    }

    http_options options;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(router_, fixture)

BOOST_AUTO_TEST_CASE(a_route_is_found_by_path_and_verb)
{
    struct row
    {
        std::string_view verb;
        std::string_view path;
        std::string_view name;
    };
    for (auto const& [verb, path, name] : std::initializer_list<row>{
             {"GET", "/things", "list"},
             {"HEAD", "/things", "list"},
             {"POST", "/things", "add"},
             {"POST", "/things/", "add"},
             {"PUT", "/things", "list but not the verb"},
             {"get", "/things", "list but not the verb"},
             {"", "/things", "list but not the verb"},
             {"GET", "/things//", "none"},
             {"GET", "/Things", "none"},
             {"GET", "/thing", "none"},
             {"GET", "/thingsx", "none"},
             {"GET", "", "none"},
             {"GET", "/", "none"},
             {"GET", "/things/7", "read 7"},
             {"GET", "/things/7/", "read 7"},
             {"GET", "/things/a%2Fb", "read a%2Fb"},
             {"GET", "/things/7/8", "none"},
             {"POST", "/things/7", "read but not the verb"},
             {"GET", "/files", "below"},
             {"ANY", "/files/a/b/c", "below"},
             {"GET", "/filesx", "none"},
         })
        BOOST_TEST(found(verb, path) == name, verb << " " << path);
}

BOOST_AUTO_TEST_CASE(native_routes_alone_are_below_legacy_prefixes)
{
    BOOST_TEST(found("POST", "/api/v1/things") == "add legacy");
    BOOST_TEST(found("POST", "/api/v10/things") == "add legacy");
    BOOST_TEST(found("GET", "/api/v1/things") == "add but not the verb legacy");
    BOOST_TEST(found("GET", "/api/v1/files") == "legacy none");
    BOOST_TEST(found("GET", "/api/v1") == "legacy none");
    BOOST_TEST(found("POST", "/api/v2/things") == "none");
    BOOST_TEST(found("POST", "/api/v1things") == "none");
}

BOOST_AUTO_TEST_CASE(allowed_verbs_are_those_of_all_rows_with_the_path)
{
    BOOST_TEST(allowed_verbs(rows, "/things", options) == "GET, HEAD, POST");
    BOOST_TEST(allowed_verbs(rows, "/things/7", options) == "GET, HEAD");
    BOOST_TEST(allowed_verbs(rows, "/api/v1/things", options) == "POST");
    BOOST_TEST(allowed_verbs(rows, "/nowhere", options).empty());
}

BOOST_AUTO_TEST_CASE(every_public_route_is_reached_by_its_own_path_and_verb)
{
    std::set<std::string_view> names;
    for (auto const& r : public_routes())
    {
        auto const match = find_route(public_routes(), r.verb.empty() ? "GET" : r.verb, r.path, {});
        BOOST_TEST(match.route == &r, r.name);
        BOOST_TEST((r.answer != nullptr || r.ask != nullptr), r.name);
        BOOST_TEST(names.insert(r.name).second, r.name);
    }
}

BOOST_AUTO_TEST_CASE(a_listener_for_clients_and_operators_shows_strangers_no_backends)
{
    auto const name = [](std::vector<service> const& services) {
        return find_route(routes_of(services), "GET", "/readyz", {}).route->name;
    };
    BOOST_TEST(name({service::public_methods, service::admin, service::metrics}) == "readyz");
    BOOST_TEST(name({service::admin}) == "checked_readyz");
    BOOST_TEST(name({service::admin, service::metrics}) == "checked_readyz");
    auto const both = routes_of({service::public_methods, service::admin});
    BOOST_TEST(find_route(both, "GET", "/admin/v1/sessions", {}).allows_verb);
    BOOST_TEST(find_route(both, "POST", "/authentication/token", {}).allows_verb);
}

// Otherwise two methods would be counted as one.
BOOST_AUTO_TEST_CASE(no_two_routes_have_one_number)
{
    std::set<std::size_t> numbers{0};
    for (auto const s : {service::public_methods, service::admin, service::metrics})
        for (auto const& r : routes_of({s}))
        {
            BOOST_TEST(numbers.insert(r.number).second, r.name);
            BOOST_TEST(r.number < request_metrics::routes, r.name);
        }
}

BOOST_AUTO_TEST_SUITE_END()

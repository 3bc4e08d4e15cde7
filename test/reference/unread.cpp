#include "reference/unread.hpp"

#include "abuse/file_limit.hpp"
#include "contract/contract.hpp"
#include "reference/calls.hpp"
#include "support/environment.hpp"
#include "support/failing_memory.hpp"

#include <boost/json/object.hpp>
#include <boost/test/unit_test.hpp>

#include <list>
#include <set>
#include <string>
#include <vector>

namespace tokend::test {
namespace {

bool documents(operation const& of, int status, std::string_view form)
{
    return all_documented_answers().contains({of.name(), status, std::string{form}});
}

// Calls `with` for each method.
template <class Use>
void each_call(Use with)
{
    for (auto const& of : all_operations())
        BOOST_TEST_CONTEXT(of.name()) with(of, example_call(of));
}

// A request whose headers have one more line, or several.
std::string headed(call const& c, std::string_view lines)
{
    return c.verb + ' ' + c.target + " HTTP/1.1\r\nHost: tokend\r\n" + std::string{lines} + "\r\n";
}

call const nowhere{"GET", "/nothing"};

// It asks the main thread. Without memory for the wait the connection ends, and there is no answer.
bool waits_for_process(operation const& of) { return of.path == "/admin/v1/config" || of.path == "/admin/v1/reload"; }

template <class Ask>
void send_malformed(call const& c, Ask ask)
{
    ask(headed(c, "X bad: 1\r\n"), 400);
    ask(headed(c, "Transfer-Encoding: gzip\r\n"), 501);
    ask(headed(c, "X-Large: " + std::string(17000, 'x') + "\r\n"), 431);
    ask(c.verb + ' ' + c.target + " HTTP/3.0\r\nHost: tokend\r\n\r\n", 505);
}

}  // namespace

void provoke_malformed_requests()
{
    complete_tokend const served;
    auto const at = [](std::string const& address) {
        return [&address](std::string const& bytes, int status) { BOOST_TEST(ask(address, bytes).status == status); };
    };
    auto const too_large = std::string{"Content-Length: 20000\r\n"};
    each_call([&](operation const& of, call const& c) {
        send_malformed(c, at(served.address_of(of)));
        if (documents(of, 413, "TooLarge"))
            at(served.address_of(of))(headed(c, too_large), 413);
    });
    send_malformed(nowhere, at(served.address()));
    at(served.address())(headed(nowhere, too_large), 413);
    at(served.address())(get("/nothing"), 404);
    at(served.address())(get(issue_path), 405);
}

void provoke_slow_requests()
{
    complete_tokend const served{"[http]\nheader-timeout = 20ms\n"};
    auto const send_half = [](std::string const& address, call const& c) {
        raw_client client{address};
        client.send(c.verb + ' ' + c.target + " HTTP/1.1\r\nHost");
        BOOST_TEST(client.receive().status == 408);
    };
    each_call([&](operation const& of, call const& c) { send_half(served.address_of(of), c); });
    send_half(served.address(), nowhere);
}

void provoke_too_many_connections()
{
    complete_tokend const served{{}, {"--server.max-connections=1"}};
    std::set<std::string> addresses;
    for (auto const& of : all_operations())
        addresses.insert(served.address_of(of));
    std::list<raw_client> holders;
    for (auto const& address : addresses)
    {
        holders.emplace_back(address).send(get_health);
        BOOST_TEST(holders.back().receive().status == 200);
    }
    each_call([&](operation const& of, call const& c) { BOOST_TEST(served.ask(of, c).status == 503); });
    BOOST_TEST(ask(served.address(), nowhere.text()).status == 503);
}

void provoke_too_many_requests()
{
    complete_tokend const served{{}, {"--server.network-rate=1", "--server.network-burst=1"}};
    each_call([&](operation const& of, call const& c) {
        if (of.verb == "post")
            BOOST_TEST(eventually([&] { return served.ask(of, c).status == 429; }));
    });
}

void provoke_wrong_bodies()
{
    complete_tokend const served;
    each_call([&](operation const& of, call c) {
        if (documents(of, 400, "MalformedBody"))
        {
            c.body = "{";
            BOOST_TEST(served.ask(of, c).status == 400);
        }
        if (of.verb == "post")
        {
            c.headers += "Content-Type: text/plain\r\n";
            BOOST_TEST(served.ask(of, c).status == 415);
        }
    });
}

void provoke_refused_operators()
{
    complete_tokend const served;
    each_call([&](operation const& of, call const& good) {
        if (!is_for_operators(of))
            return;
        auto c = good;
        c.headers = {};
        BOOST_TEST(served.ask(of, c).status == 401);
        c.headers = good.headers + "Origin: https://other.example.com\r\n";
        BOOST_TEST(served.ask(of, c).status == 403);
        c.headers = good.headers;
        c.target += "?nothing=1";
        if (c.verb != "POST" || c.body.empty())
            BOOST_TEST(served.ask(of, c).status == 400);
        else
            BOOST_TEST(served.ask(of, {"POST", good.target, good.headers, R"({"nothing":1})"}).status == 400);
    });
}

// A decision whose record cannot be written is refused. So is a refusal, so each method is asked by a stranger, too.
void provoke_unwritable_records()
{
    complete_tokend served{{}, {"--audit.on-failure=refuse"}};
    auto const& address = served.address();
    auto const token = issue_token(address);
    file_limit const disk{served.tokend().served()};
    disk.fill();
    BOOST_TEST(eventually([&] {
        ask(address, post(issue_path, administrator));
        return ask(address, get("/readyz")).status == 503;
    }));
    each_call([&](operation const& of, call c) {
        ask(served.address_of(of), with_token(c.text(), token));
        ask(served.address_of(of), with_token(c.text(), unknown_token));
        c.headers = {};
        served.ask(of, c);
    });
    disk.make_room();
}

void provoke_missing_memory()
{
#ifdef TEST_FAILING_MEMORY
    constexpr long most = 100;
    temporary_folder const folder;
    failing_memory memory{folder / "fault"};
    std::vector<std::string> const variables = memory.environment();
    std::list<environment_variable> set;
    for (auto const& v : variables)
        set.emplace_back(std::string{v, 0, v.find('=')}.c_str(), v.substr(v.find('=') + 1));
    complete_tokend const served{{}, {"--server.workers=1"}};
    set.clear();
    auto const starve = [&](std::string const& address, call const& c, std::string const& name) {
        documented_answer const wanted{name, 500, name.find("/auth/verify") == name.npos ? "InternalError" : ""};
        for (long n = 1; n < most && !noted_answers().contains(wanted); ++n)
        {
            raw_client client{address};
            client.send(get_health);  // makes sure that the connection is there
            client.receive();
            memory.fail(n, "worker");
            client.send(c.text());
            client.receive_or_end();
            if (!memory.end())
                break;
        }
    };
    each_call([&](operation const& of, call const& c) {
        if (!waits_for_process(of))
            starve(served.address_of(of), c, of.name());
    });
    starve(served.address(), nowhere, "unrouted");
#endif
}

}  // namespace tokend::test

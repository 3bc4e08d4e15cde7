// Real proxies pass logins on to tokend: the addresses of clients are in the log and in the list of sessions, whatever
// the clients claim. The lines of configuration are those of README.
#include "contract/contract.hpp"
#include "support/daemon.hpp"
#include "support/proxy_of_run.hpp"
#include "support/temporary_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace tokend::test {
namespace {

constexpr std::string_view claimed = "203.0.113.66";

boost::unit_test::precondition only_for(proxy_kind kind)
{
    return boost::unit_test::precondition([kind](auto) {
        boost::test_tools::assertion_result result{proxy_of_run() == kind};
        result.message() << "this run tests another proxy";
        return result;
    });
}

daemon_options behind_a_proxy(std::vector<std::string> arguments)
{
    return {.configuration = demonstration(), .arguments = std::move(arguments)};
}

daemon_options named_by_header(std::string const& proxies = "127.0.0.1")
{
    return behind_a_proxy(
        {"--listen.public.trusted-proxies=" + proxies, "--listen.public.client-address-from=x-forwarded-for"});
}

proxy_process::write_configuration writes(std::string const& name, std::string const& text)
{
    return [=](temporary_folder const& folder, std::vector<std::string> const& ports) {
        auto filled = text;
        for (std::size_t i = 0; i < ports.size(); ++i)
        {
            auto const mark = "PORT" + std::to_string(i);
            for (auto at = filled.find(mark); at != filled.npos; at = filled.find(mark))
                filled.replace(at, mark.size(), ports[i]);
        }
        return folder.write(name, filled);
    };
}

// Two clients in turn are known by their own addresses.
void check_clients(std::string const& proxy, daemon_process const& tokend)
{
    std::string claims;
    for (std::string const name : {"X-Forwarded-For: ", "X-Real-IP: ", "Forwarded: for="})
        claims += name + std::string{claimed} + "\r\n";
    for (std::string const own : {"127.0.0.7", "127.0.0.8", "127.0.0.7", "127.0.0.8"})
    {
        auto const ask_as = [&](std::string const& request) {
            raw_client client{proxy, own, answers_from::proxy};
            client.send(request);
            return client.receive();
        };
        auto const login = ask_as(post(issue_path, acme_administrator, claims)).body;
        auto const token = login.substr(login.find(R"("token":")") + 9, 32);
        BOOST_TEST_REQUIRE(is_token(token), login);
        auto const sessions = ask_as(post("/authentication/sessions", token_body(token), claims)).body;
        auto const expected = R"("client_address":")" + own + R"(","current":true)";
        BOOST_TEST(sessions.find(expected) != sessions.npos, sessions);
        BOOST_TEST(tokend.logs(R"("client":")" + own + '"'));
    }
    BOOST_TEST(tokend.log().find(claimed) == std::string::npos);
}

std::string nginx(std::string const& server)
{
    return "upstream tokend { server " + server + R"(; keepalive 16; }
proxy_http_version 1.1;
proxy_set_header Connection "";
proxy_set_header Host $host;
proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
server {
    listen 127.0.0.1:PORT0;
    location / { proxy_pass http://tokend; }
}
)";
}

std::string haproxy(std::string const& lines)
{
    return "defaults\n    timeout connect 5s\n    timeout client 60s\n    timeout server 60s\n"
           "listen tokend\n    bind 127.0.0.1:PORT0\n" +
           lines;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(behind_)

BOOST_AUTO_TEST_CASE(nginx_names_its_clients, *only_for(proxy_kind::nginx))
{
    daemon_process const tokend{named_by_header()};
    proxy_process const proxy{proxy_kind::nginx, 1, writes("tokend.conf", nginx(tokend.address()))};
    check_clients(proxy.address(), tokend);
}

BOOST_AUTO_TEST_CASE(nginx_names_its_clients_on_a_unix_socket, *only_for(proxy_kind::nginx))
{
    temporary_folder const folder;
    auto options = named_by_header("unix");
    options.address = "unix:" + (folder / "tokend.sock").string();
    daemon_process const tokend{options};
    proxy_process const proxy{proxy_kind::nginx, 1, writes("tokend.conf", nginx(tokend.address()))};
    check_clients(proxy.address(), tokend);
}

BOOST_AUTO_TEST_CASE(haproxy_names_its_clients_in_a_header, *only_for(proxy_kind::haproxy))
{
    daemon_process const tokend{named_by_header()};
    auto const lines =
        "    mode http\n    option forwardfor\n    http-reuse always\n    server tokend " + tokend.address() + '\n';
    proxy_process const proxy{proxy_kind::haproxy, 1, writes("haproxy.cfg", haproxy(lines))};
    check_clients(proxy.address(), tokend);
}

BOOST_AUTO_TEST_CASE(haproxy_names_its_clients_by_the_proxy_protocol, *only_for(proxy_kind::haproxy))
{
    daemon_process const tokend{
        behind_a_proxy({"--listen.public.trusted-proxies=127.0.0.1", "--listen.public.proxy-protocol=yes"})};
    for (std::string const how : {" check inter 200ms check-send-proxy send-proxy-v2\n", " send-proxy\n"})
    {
        auto const lines = "    mode tcp\n    server tokend " + tokend.address() + how;
        proxy_process const proxy{proxy_kind::haproxy, 1, writes("haproxy.cfg", haproxy(lines))};
        check_clients(proxy.address(), tokend);
    }
    // Health checks are LOCAL connections, and those that only look whether somebody listens: neither is a fault.
    BOOST_TEST(tokend.log().find("PROXY header") == std::string::npos);
    raw_client past_the_proxy{tokend.address()};
    past_the_proxy.send(get_health);
    BOOST_TEST(past_the_proxy.receive_bytes_until_closed() == "");
    BOOST_TEST(tokend.logs(R"("header":"malformed")"));
}

BOOST_AUTO_TEST_CASE(caddy_names_its_clients, *only_for(proxy_kind::caddy))
{
    daemon_process const tokend{named_by_header()};
    auto const text = "{\n\tadmin off\n\tauto_https off\n}\nhttp://:PORT0 {\n\tbind 127.0.0.1\n\treverse_proxy " +
                      tokend.address() + "\n}\n";
    proxy_process const proxy{proxy_kind::caddy, 1, writes("Caddyfile", text)};
    check_clients(proxy.address(), tokend);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tokend::test

#include "recipes/protected_application.hpp"

#include "contract/contract.hpp"
#include "support/certificates.hpp"

#include <boost/test/unit_test.hpp>

#include <fstream>
#include <iterator>
#include <stdexcept>
#include <vector>

namespace tokend::test {
namespace {

namespace fs = std::filesystem;

std::string read(fs::path const& path)
{
    std::ifstream file{path, std::ios::binary};
    if (!file)
        throw std::runtime_error{"cannot read " + path.string()};
    return {std::istreambuf_iterator<char>{file}, {}};
}

struct replacement
{
    std::string text;
    std::string by;
};

// Puts a recipe's file into the folder. Whatever is to be replaced must be there, so that the test cannot miss a change
// of the recipe.
fs::path adapt(temporary_folder const& folder, std::string const& name, std::vector<replacement> const& replacements)
{
    auto text = read(fs::path{TEST_RECIPES} / name_of(proxy_of_run()) / name);
    for (auto const& r : replacements)
    {
        std::size_t count = 0;
        for (auto at = text.find(r.text); at != text.npos; at = text.find(r.text, at + r.by.size()), ++count)
            text.replace(at, r.text.size(), r.by);
        if (count == 0)
            throw std::runtime_error{"the recipe " + name + " has no " + r.text};
    }
    auto const path = folder.write(name, text);
    fs::permissions(path, fs::perms::group_read | fs::perms::others_read, fs::perm_options::add);
    return path;
}

std::string lines_of_file(std::string const& hash)
{
    std::string line =
        std::string{protected_application::many_groups_user} + ':' + hash + ':' + std::string{first_unit} + "::";
    for (int i = 0; i < 260; ++i)
        line += "a group with a long name " + std::to_string(i) + ",";
    return line + "admins\n";
}

}  // namespace

protected_application::protected_application()
    : tokend_{{.configuration = write_tokend(), .arguments = {"--server.allow-loose-modes=yes"}}},
      proxy_{proxy_of_run(), proxy_of_run() == proxy_kind::caddy ? 2U : 1U,
             [this](temporary_folder const& folder, std::vector<std::string> const& ports) {
                 return write_proxy(folder, ports);
             }}
{}

// The demonstration's users, somebody with many groups, and the recipes' lines.
fs::path protected_application::write_tokend() const
{
    auto const demo = demonstration().parent_path();
    auto const users = read(demo / "acme.users");
    auto const hash = users.find(':', users.rfind('\n', users.size() - 2)) + 1;
    folder_.write("many.users", lines_of_file(users.substr(hash, users.find(':', hash) - hash)));
    fs::create_directory(folder_ / "conf.d");
    fs::copy(fs::path{TEST_RECIPES} / "tokend.conf", folder_ / "conf.d/recipes.conf");
    return folder_.write("tokend.conf", "[backend.crm]\nplugin = file\nusers = " + (demo / "crmdemo.users").string() +
                                            "\n[backend.acme]\nplugin = file\nusers = many.users\n"
                                            "[organisation.CRMDEMO]\nbackends = crm\n"
                                            "[organisation.ACME]\nbackends = acme\n");
}

fs::path protected_application::write_proxy(temporary_folder const& folder, std::vector<std::string> const& ports) const
{
    auto const certificate = issue({.common_name = "www.example.com", .names = {"www.example.com"}});
    auto const chain = folder.write("fullchain.pem", certificate.pem()).string();
    auto const key = folder.write("privkey.pem", certificate.key_pem()).string();
    auto const both = folder.write("both.pem", certificate.pem() + certificate.key_pem()).string();
    std::string const listens = "127.0.0.1:" + ports[0];
    replacement const to_tokend{"127.0.0.1:8080", tokend_.address()};
    replacement const to_application{"127.0.0.1:3000", application_.address()};
    std::string const letsencrypt = "/etc/letsencrypt/live/www.example.com/";
    switch (proxy_of_run())
    {
    case proxy_kind::nginx:
        return adapt(folder, "tokend.conf",
                     {{"listen 443", "listen " + listens},
                      {letsencrypt, folder.path().string() + '/'},
                      to_tokend,
                      to_application});
    case proxy_kind::haproxy:
        adapt(folder, "tokend.lua", {to_tokend});
        return adapt(folder, "haproxy.cfg",
                     {{"bind :443", "bind " + listens},
                      {"/etc/haproxy/www.example.com.pem", both},
                      {"/etc/haproxy/tokend.lua", (folder / "tokend.lua").string()},
                      to_tokend,
                      to_application});
    case proxy_kind::caddy:
        return adapt(folder, "Caddyfile",
                     {{"https_port 443", "https_port " + ports[0]},
                      {"http_port 80", "http_port " + ports[1]},
                      {"/etc/caddy/fullchain.pem", chain},
                      {"/etc/caddy/privkey.pem", key},
                      to_tokend,
                      to_application});
    case proxy_kind::apache:
        break;
    }
    adapt(folder, "tokend.lua", {to_tokend});
    auto const site = adapt(folder, "tokend.conf",
                            {{"*:443", listens},
                             {letsencrypt, folder.path().string() + '/'},
                             {"/etc/apache2/tokend.lua", (folder / "tokend.lua").string()},
                             to_tokend,
                             to_application});
    return folder.write("site.conf", "Listen " + listens + "\nInclude " + site.string() + '\n');
}

std::string protected_application::token_of(std::string_view login) const
{
    return issue_token(tokend_.address(), login);
}
std::string protected_application::token_of_admin() const { return token_of(administrator); }
std::string protected_application::token_of_other() const
{
    return token_of(R"({"username":"roamer","password":"wander-1","organisation":"CRMDEMO",)"
                    R"("unit":"EE63A82C4FEBE02FF34E90DD1EBA5ABE"})");
}

std::string request_text(std::string_view verb, std::string_view target, std::string_view headers,
                         std::string_view body)
{
    std::string text{verb};
    text.append(" ").append(target).append(" HTTP/1.1\r\nHost: www.example.com\r\n").append(headers);
    if (!body.empty())
        text.append("Content-Length: ").append(std::to_string(body.size())).append("\r\n");
    return text.append("\r\n").append(body);
}

received_response protected_application::ask(std::string_view verb, std::string_view target, std::string_view headers,
                                             std::string_view body) const
{
    browser client{address()};
    client.send(request_text(verb, target, headers, body));
    return client.receive(verb == "HEAD");
}

received_response protected_application::get(std::string_view target, std::string_view headers) const
{
    return ask("GET", target, headers);
}

void protected_application::check_untouched() { BOOST_TEST(application_.take_received().size() == 0U); }

received_request protected_application::only_received()
{
    auto all = application_.take_received();
    BOOST_TEST_REQUIRE(all.size() == 1U);
    return std::move(all.front());
}

received_request protected_application::check_allowed(received_response const& response)
{
    BOOST_TEST_REQUIRE(response.result_int() == 200U, "status " << response.result_int() << "; " << proxy_log());
    BOOST_TEST(response.body() == application::greeting);
    return only_received();
}

void protected_application::check_refused(received_response const& response, unsigned status)
{
    BOOST_TEST(response.result_int() == status, response.result_int() << " is not " << status << "; " << proxy_log());
    check_untouched();
}

}  // namespace tokend::test

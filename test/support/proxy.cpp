#include "support/proxy.hpp"

#include "support/raw_client.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address_v4.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <csignal>
#include <list>
#include <stdexcept>
#include <system_error>

namespace tokend::test {
namespace {

namespace fs = std::filesystem;

struct requirement
{
    std::string_view package;
    std::vector<fs::path> files;  // any of them will do
};

std::vector<requirement> requirements(proxy_kind kind)
{
    switch (kind)
    {
    case proxy_kind::nginx:
        return {{"nginx-light", {"/usr/sbin/nginx"}}};
    case proxy_kind::haproxy:
        return {{"haproxy", {"/usr/sbin/haproxy"}}};
    case proxy_kind::caddy:
        return {{"caddy", {"/usr/bin/caddy"}}};
    case proxy_kind::apache:
        break;
    }
    return {{"apache2-bin", {"/usr/sbin/apache2"}},
            {"lua-socket", {"/usr/share/lua/5.3/socket/http.lua", "/usr/share/lua/5.4/socket/http.lua"}}};
}

// What the packages' own main files hold, as far as it matters here. One process, so that none outlives a killed one.
constexpr std::string_view nginx_main = R"(daemon off;
master_process off;
pid nginx.pid;
error_log stderr;
events {}
http {
    access_log off;
    client_body_temp_path body;
    proxy_temp_path proxy;
    fastcgi_temp_path fastcgi;
    uwsgi_temp_path uwsgi;
    scgi_temp_path scgi;
    include )";

constexpr std::string_view apache_main = R"(PidFile apache.pid
ErrorLog /dev/stderr
ServerName localhost
User www-data
Group www-data
)";

std::vector<std::string> command(proxy_kind kind, temporary_folder const& folder, fs::path const& configuration)
{
    auto const path = folder.path().string();
    switch (kind)
    {
    case proxy_kind::nginx: {
        auto const main = folder.write("nginx.conf", std::string{nginx_main} + configuration.string() + ";\n}\n");
        return {"/usr/sbin/nginx", "-p", path, "-e", "stderr", "-c", main.string()};
    }
    case proxy_kind::haproxy:
        return {"/usr/sbin/haproxy", "-db", "-f", configuration.string()};
    case proxy_kind::caddy:
        return {"HOME=" + path,
                "XDG_DATA_HOME=" + path,
                "XDG_CONFIG_HOME=" + path,
                "/usr/bin/caddy",
                "run",
                "--config",
                configuration.string(),
                "--adapter",
                "caddyfile"};
    case proxy_kind::apache:
        break;
    }
    std::string main{apache_main};
    for (std::string const module :
         {"mpm_event", "authz_core", "headers", "lua", "proxy", "proxy_http", "socache_shmcb", "ssl"})
        main += "LoadModule " + module + "_module /usr/lib/apache2/modules/mod_" + module + ".so\n";
    main += "Include " + configuration.string() + "\n";
    return {"/usr/sbin/apache2", "-X", "-d", path, "-f", folder.write("apache2.conf", main).string()};
}

// Ports that are free now.
std::vector<std::string> free_ports(std::size_t count)
{
    using boost::asio::ip::tcp;
    boost::asio::io_context context;
    std::list<tcp::acceptor> bound;
    std::vector<std::string> ports;
    while (ports.size() < count)
    {
        tcp::acceptor& one = bound.emplace_back(context, tcp::v4());
        one.bind({boost::asio::ip::address_v4::loopback(), 0});
        ports.push_back(std::to_string(one.local_endpoint().port()));
    }
    return ports;
}

bool accepts(std::string const& address)
{
    try
    {
        raw_client const client{address};
        return true;
    }
    catch (std::system_error const&)
    {
        return false;
    }
}

}  // namespace

std::string_view name_of(proxy_kind kind)
{
    constexpr std::array<std::string_view, proxy_kinds.size()> names{"nginx", "haproxy", "caddy", "apache"};
    return names.at(static_cast<std::size_t>(kind));
}

std::vector<std::string> missing_packages(proxy_kind kind)
{
    std::vector<std::string> missing;
    for (auto const& needed : requirements(kind))
    {
        bool there = false;
        for (auto const& file : needed.files)
            there = there || fs::exists(file);
        if (!there)
            missing.emplace_back(needed.package);
    }
    return missing;
}

proxy_process::proxy_process(proxy_kind kind, std::size_t ports, write_configuration const& write)
{
    // Apache's children are another user, and read the files of the folder.
    fs::permissions(folder_.path(), fs::perms::group_exec | fs::perms::others_exec, fs::perm_options::add);
    for (int attempt = 0; attempt < 10; ++attempt)
    {
        ports_ = free_ports(ports);
        process_ = std::make_unique<process>("/usr/bin/env", command(kind, folder_, write(folder_, ports_)));
        if (comes_up())
            return;
    }
    throw std::runtime_error{"the proxy does not start; its log:\n" + log()};
}

// Returns false if the proxy ends instead.
bool proxy_process::comes_up()
{
    auto const end = within(std::chrono::seconds{15});
    for (auto const& port : ports_)
        while (!accepts("127.0.0.1:" + port))
            if (process_->wait(std::chrono::steady_clock::now() + std::chrono::milliseconds{20}))
                return false;
            else if (std::chrono::steady_clock::now() > end)
                throw std::runtime_error{"the proxy does not listen; its log:\n" + log()};
    return !process_->wait(std::chrono::steady_clock::now());
}

proxy_process::~proxy_process()
{
    process_->signal(SIGTERM);
    process_->wait(within(std::chrono::seconds{2}));  // the end of process_ kills what is left
}

std::string proxy_process::log() const { return process_->errors(); }

}  // namespace tokend::test

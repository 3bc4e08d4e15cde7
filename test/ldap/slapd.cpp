#include "ldap/slapd.hpp"

#include "ldap/people.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <random>
#include <stdexcept>

namespace tokend::test {
namespace {

constexpr auto configuration = R"(include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
include FOLDER/active_directory.schema
modulepath /usr/lib/ldap
moduleload back_mdb
moduleload memberof
moduleload ppolicy
pidfile FOLDER/pid
threads 4
sizelimit unlimited
allow bind_anon_cred bind_anon_dn
TLSCACertificateFile FOLDER/ca.pem
TLSCertificateFile FOLDER/server.pem
TLSCertificateKeyFile FOLDER/server.key
access to dn.base="" by * read
access to attrs=userPassword by anonymous auth by * none
access to * by dn.one="dc=example,dc=com" read by * none
database mdb
suffix dc=example,dc=com
directory FOLDER/db
dbnosync
rootdn cn=admin,dc=example,dc=com
rootpw admin-secret
limits dn.exact="cn=capped,dc=example,dc=com" size.soft=500 size.hard=soft size.prtotal=unlimited
limits dn.exact="cn=limited,dc=example,dc=com" size.soft=500 size.hard=500
index objectClass,uid,mail,member,memberOf,entryUUID,userPrincipalName eq
overlay memberof
overlay ppolicy
ppolicy_default cn=usual,ou=policies,dc=example,dc=com
ppolicy_use_lockout
)";

void replace_all(std::string& text, std::string_view what, std::string_view with)
{
    for (auto at = text.find(what); at != text.npos; at = text.find(what, at + with.size()))
        text.replace(at, what.size(), with);
}

// The prefix of a command that must not run as root.
std::string unprivileged()
{
    return ::geteuid() == 0 ? "/usr/bin/setpriv --reuid=nobody --regid=nogroup --clear-groups --pdeathsig=KILL " : "";
}

}  // namespace

void run(std::string const& command)
{
    auto const quiet = "said=$(" + command + " 2>&1) || { echo \"$said\" >&2; exit 1; }";
    if (std::system(quiet.c_str()) != 0)
        throw std::runtime_error{"failed: " + command};
}

// Chosen at random below those that the system gives away: a client, or another test, could get one of these before the
// server of this test listens.
std::uint16_t free_port()
{
    std::random_device random;
    std::uniform_int_distribution<std::uint16_t> any{20'000, 32'000};
    for (int attempts = 100; attempts > 0; --attempts)
    {
        descriptor const socket{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket"};
        auto const port = any(random);
        sockaddr_in wanted{};
        wanted.sin_family = AF_INET;
        wanted.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        wanted.sin_port = htons(port);
        if (::bind(socket.get(), reinterpret_cast<sockaddr*>(&wanted), sizeof wanted) == 0)
            return port;
    }
    throw std::runtime_error{"no free port"};
}

slapd& slapd::shared()
{
    static slapd one;
    return one;
}

slapd::slapd() : port_{free_port()}, tls_port_{free_port()}
{
    make_certificates();
    configure();
    load();
    start();
    run("ldapadd -x -H " + plain_uri() + " -D cn=admin,dc=example,dc=com -w admin-secret -f " + file("groups.ldif"));
}

slapd::~slapd()
{
    process_->signal(SIGCONT);
    process_->signal(SIGTERM);
    process_->wait(within(std::chrono::seconds{5}));
}

void slapd::make_certificates() const
{
    auto const in = "cd " + folder_.path().string() + " && ";
    auto const authority = [&](std::string const& name) {
        run(in + "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=" + name +
            " -keyout " + name + ".key -out " + name + ".pem");
    };
    authority("ca");
    authority("rogue-ca");
    folder_.write("names", "subjectAltName=DNS:localhost,IP:127.0.0.1\n");
    run(in + "openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=localhost -keyout server.key "
             "-out server.csr");
    auto const sign = [&](std::string const& days, std::string const& to) {
        run(in + "openssl x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -extfile names -days " +
            days + " -out " + to);
    };
    sign("2", "server.pem");
    sign("0", "expired.pem");  // expires in the second in which it becomes valid
}

void slapd::configure() const
{
    std::string text = configuration;
    replace_all(text, "FOLDER", folder_.path().string());
    folder_.write("slapd.conf", text);
    folder_.write("active_directory.schema", active_directory_schema());
    folder_.write("people.ldif", people_ldif());
    folder_.write("groups.ldif", groups_ldif());
    std::filesystem::create_directory(folder_ / "db");
    std::filesystem::copy_file(folder_ / "ca.pem", own_ / "ca.pem");
    if (::geteuid() == 0)
        run("chown -R nobody:nogroup " + folder_.path().string());
}

void slapd::load() const
{
    run(unprivileged() + "/usr/sbin/slapadd -q -f " + file("slapd.conf") + " -l " + file("people.ldif"));
}

void slapd::start()
{
    std::vector<std::string> words{
        "/usr/sbin/slapd", "-d", "256", "-f", file("slapd.conf"), "-h", plain_uri() + ' ' + tls_uri()};
    if (::geteuid() == 0)
        words.insert(words.begin(),
                     {"/usr/bin/setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", "--pdeathsig=KILL"});
    process_.emplace(words.front(), std::vector<std::string>{words.begin() + 1, words.end()});
    if (!eventually([&] { return process_->errors().find("slapd starting") != std::string::npos; }))
        throw std::runtime_error{"slapd does not start:\n" + process_->errors()};
}

void slapd::kill()
{
    process_->signal(SIGKILL);
    process_->wait(within(std::chrono::seconds{5}));
    earlier_log_ += process_->errors();
    process_.reset();
}

void slapd::restart() { start(); }

void slapd::change(std::string_view ldif) const
{
    auto const file = folder_.write("change.ldif", ldif).string();
    run("ldapmodify -x -H " + plain_uri() + " -D cn=admin,dc=example,dc=com -w admin-secret -f " + file);
}

}  // namespace tokend::test

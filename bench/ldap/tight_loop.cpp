// The comparison of bench/ldap.sh: libldap without anything in front of it. THREADS threads, each with a connection for
// searches and one for binds, log users in one after the other. Prints logins a second.
#include <ldap.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

namespace {

[[noreturn]] void fail(char const* what, int code)
{
    std::fprintf(stderr, "%s: %s\n", what, ldap_err2string(code));
    std::exit(1);
}

void require(char const* what, int code)
{
    if (code != LDAP_SUCCESS)
        fail(what, code);
}

void bind(LDAP* to, std::string const& dn, std::string const& password)
{
    berval secret{password.size(), const_cast<char*>(password.data())};
    require("bind", ldap_sasl_bind_s(to, dn.c_str(), LDAP_SASL_SIMPLE, &secret, nullptr, nullptr, nullptr));
}

LDAP* connect(char const* uri)
{
    LDAP* to = nullptr;
    require("ldap_initialize", ldap_initialize(&to, uri));
    int const version = LDAP_VERSION3;
    ldap_set_option(to, LDAP_OPT_PROTOCOL_VERSION, &version);
    return to;
}

std::string find(LDAP* in, std::string const& user)
{
    char uid[] = "uid";
    char id[] = "entryUUID";
    char* attributes[] = {uid, id, nullptr};
    auto const filter = "(&(objectClass=person)(uid=" + user + "))";
    LDAPMessage* found = nullptr;
    require("search", ldap_search_ext_s(in, "ou=people,dc=example,dc=com", LDAP_SCOPE_SUBTREE, filter.c_str(),
                                        attributes, 0, nullptr, nullptr, nullptr, 2, &found));
    char* const text = ldap_get_dn(in, ldap_first_entry(in, found));
    std::string dn = text;
    ldap_memfree(text);
    ldap_msgfree(found);
    return dn;
}

}  // namespace

int main(int count, char** words)
{
    if (count != 5)
    {
        std::fprintf(stderr, "Usage: tight_loop URI THREADS USERS SECONDS\n");
        return 64;
    }
    auto const threads = std::atoi(words[2]);
    auto const users = std::atoi(words[3]);
    std::atomic<bool> over{false};
    std::atomic<long> logins{0};
    std::vector<std::thread> running;
    for (int t = 0; t < threads; ++t)
        running.emplace_back([&, t] {
            LDAP* const searches = connect(words[1]);
            LDAP* const binds = connect(words[1]);
            bind(searches, "cn=tokend,dc=example,dc=com", "service-secret");
            for (int i = t; !over; i += 7, ++logins)
                bind(binds, find(searches, "user" + std::to_string(i % users)), "user-secret");
            ldap_unbind_ext_s(searches, nullptr, nullptr);
            ldap_unbind_ext_s(binds, nullptr, nullptr);
        });
    std::this_thread::sleep_for(std::chrono::seconds{std::atoi(words[4])});
    std::printf("%ld\n", logins.load() / std::atoi(words[4]));
    over = true;
    for (auto& thread : running)
        thread.join();
}

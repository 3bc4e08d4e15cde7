#include "ldap/people.hpp"

#include "ldap/escape.hpp"
#include "ldap/slapd.hpp"

#include <boost/beast/core/detail/base64.hpp>

namespace tokend::test {
namespace {

// LDIF accepts any octets in base64.
std::string line(std::string_view name, std::string_view value)
{
    namespace base64 = boost::beast::detail::base64;
    std::string encoded(base64::encoded_size(value.size()), '\0');
    encoded.resize(base64::encode(encoded.data(), value.data(), value.size()));
    return std::string{name} + ":: " + encoded + '\n';
}

std::string person(std::string_view user, std::string_view more = {})
{
    return line("dn", dn_of(user)) + "objectClass: inetOrgPerson\nobjectClass: activeDirectoryUser\n" +
           line("uid", user) + line("cn", user) + "sn: Person\n" + line("userPassword", password_of(user)) +
           std::string{more} + '\n';
}

std::string container(std::string_view name)
{
    return "dn: ou=" + std::string{name} +
           ",dc=example,dc=com\nobjectClass: organizationalUnit\nou: " + std::string{name} + "\n\n";
}

std::string policy(std::string_view name, std::string_view more)
{
    return "dn: cn=" + std::string{name} +
           ",ou=policies,dc=example,dc=com\nobjectClass: device\nobjectClass: pwdPolicy\ncn: " + std::string{name} +
           "\npwdAttribute: userPassword\npwdMustChange: TRUE\npwdLockout: TRUE\n" + std::string{more} + '\n';
}

std::string group(std::string_view name, std::vector<std::string> const& members, std::string_view more = {})
{
    auto text = "dn: cn=" + std::string{name} + ',' + std::string{groups_base} +
                "\nobjectClass: groupOfNames\nobjectClass: activeDirectoryGroup\ncn: " + std::string{name} + '\n' +
                std::string{more};
    for (auto const& member : members)
        text += line("member", member);
    return text + '\n';
}

std::string group_dn(std::string_view name) { return "cn=" + std::string{name} + ',' + std::string{groups_base}; }

std::string sid(char last) { return std::string{"\x01\x05\0\0\0\0\0\x05", 8} + last; }

}  // namespace

std::string dn_of(std::string_view user)
{
    return "uid=" + plugin::ldap::escape_dn(user) + ',' + std::string{people_base};
}

std::string active_directory_schema()
{
    std::string text;
    int number = 0;
    auto const attribute = [&](std::string_view name, std::string_view equality, std::string_view syntax) {
        text += "attributetype ( 1.3.6.1.4.1.4203.666.77.1." + std::to_string(++number) + " NAME '" +
                std::string{name} + "' EQUALITY " + std::string{equality} + " SYNTAX 1.3.6.1.4.1.1466.115.121.1." +
                std::string{syntax} + " )\n";
    };
    for (auto const* name : {"userPrincipalName", "sAMAccountName", "nsAccountLock"})
        attribute(name, "caseIgnoreMatch", "15");
    for (auto const* name : {"userAccountControl", "accountExpires"})
        attribute(name, "integerMatch", "27");
    for (auto const* name : {"objectGUID", "objectSid", "tokenGroups"})
        attribute(name, "octetStringMatch", "40");
    return text +
           "objectclass ( 1.3.6.1.4.1.4203.666.77.2.1 NAME 'activeDirectoryUser' AUXILIARY MAY ( userPrincipalName $ "
           "sAMAccountName $ nsAccountLock $ userAccountControl $ accountExpires $ objectGUID $ objectSid $ "
           "tokenGroups ) )\n"
           "objectclass ( 1.3.6.1.4.1.4203.666.77.2.2 NAME 'activeDirectoryGroup' AUXILIARY MAY ( objectSid ) )\n";
}

std::string people_ldif()
{
    std::string text =
        "dn: dc=example,dc=com\nobjectClass: dcObject\nobjectClass: organization\ndc: example\no: Example\n\n";
    text += "dn: " + std::string{service_dn} +
            "\nobjectClass: device\nobjectClass: simpleSecurityObject\ncn: tokend\nuserPassword: " +
            std::string{service_password} + "\n\n";
    for (auto const* reader : {"capped", "limited"})
        text +=
            "dn: cn=" + std::string{reader} +
            ",dc=example,dc=com\nobjectClass: device\nobjectClass: simpleSecurityObject\ncn: " + std::string{reader} +
            "\nuserPassword: " + std::string{service_password} + "\n\n";
    text += container("people") + container("groups") + container("policies") + container("contractors") +
            container("many");
    text += policy("usual", "") + policy("short", "pwdMaxAge: 60\n") +
            policy("kind", "pwdMaxAge: 60\npwdGraceAuthNLimit: 100\n");
    std::string const old = "pwdChangedTime: 20200101000000Z\npwdPolicySubentry: cn=";
    text += person("anna", "departmentNumber: D1\ndepartmentNumber: D2\nmail: anna@example.com\n");
    text += person("bert", "mail: twins@example.com\n") + person("berta", "mail: twins@example.com\n");
    text += person("stray");
    text += person("locked", "pwdAccountLockedTime: 000001010000Z\n") + person("reset", "pwdReset: TRUE\n");
    text += person("old", old + "short,ou=policies,dc=example,dc=com\n") +
            person("graceful", old + "kind,ou=policies,dc=example,dc=com\n");
    text += person(
        "ada",
        "userPrincipalName: ada@corp.example\nsAMAccountName: ADA\nuserAccountControl: 512\naccountExpires: 0\n" +
            line("objectGUID", "0123456789abcdef") + line("objectSid", sid('a')) + line("tokenGroups", sid('n')) +
            line("tokenGroups", sid('x')));
    text += person("upn@corp.example", line("userPrincipalName", dn_of("upn@corp.example")));
    text += person("off", "userAccountControl: 514\n") + person("inactive", "nsAccountLock: TRUE\n");
    text += person("over", "accountExpires: 132223104000000000\n");    // 2020-01-01
    text += person("ending", "accountExpires: 157469184000000000\n");  // 2100-01-01
    text += person("leaver") + person("suspect") + person("stayer");   // for tests that change the directory
    for (auto const* user : {"clerk", "trainee"})
        text += person(user, "employeeType: staff\n");
    text += person("rover", "departmentNumber: D1\n") + person("joiner");
    text += "dn: cn=Carla Common," + std::string{contractors_base} +
            "\nobjectClass: inetOrgPerson\ncn: Carla Common\nsn: Common\nuid: carla\n" +
            line("userPassword", password_of("Carla Common")) + '\n';
    for (auto const& name : special_names())
        text += person(name);
    for (int i = 0; i < 50; ++i)
        text += person("load" + std::to_string(i));
    return text;
}

// north is in loop, which is in region, which is in north.
std::string groups_ldif()
{
    std::vector<std::string> north{dn_of("anna"),
                                   dn_of("ada"),
                                   dn_of("locked"),
                                   dn_of("reset"),
                                   dn_of("old"),
                                   dn_of("graceful"),
                                   dn_of("off"),
                                   dn_of("over"),
                                   dn_of("ending"),
                                   dn_of("inactive"),
                                   dn_of("upn@corp.example"),
                                   dn_of("leaver"),
                                   dn_of("suspect"),
                                   dn_of("stayer"),
                                   dn_of("clerk"),
                                   dn_of("trainee"),
                                   group_dn("region")};
    for (auto const& name : special_names())
        north.push_back(dn_of(name));
    for (int i = 0; i < 50; ++i)
        north.push_back(dn_of("load" + std::to_string(i)));
    return group("region", {group_dn("loop")}) + group("loop", {group_dn("north")}) +
           group("north", north, line("objectSid", sid('n'))) + group("south", {dn_of("bert"), dn_of("anna")});
}

std::string many_groups_ldif(std::string_view member, int count)
{
    std::string text;
    for (int i = 0; i < count; ++i)
        text += "dn: cn=many" + std::to_string(i) + ',' + std::string{many_base} +
                "\nchangetype: add\nobjectClass: groupOfNames\ncn: many" + std::to_string(i) + '\n' +
                line("member", dn_of(member)) + '\n';
    return text;
}

}  // namespace tokend::test

#include "ldap/configuration.hpp"

#include "common/join.hpp"
#include "ldap/dn.hpp"
#include "ldap/escape.hpp"

#include <initializer_list>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tokend::plugin::ldap {
namespace {

// A user's name that is escaped in filters and in DNs. It stands for all of them where a template is checked: in place
// of an attribute, where no name may be, it fits neither.
constexpr std::string_view odd_name = "(x,)";

[[noreturn]] void refuse(std::string_view option, std::string const& what)
{
    throw std::invalid_argument{std::string{option} + ": " + what};
}

// Reads options and checks their form.
class reader
{
public:
    explicit reader(options const& given) : given_{given} {}

    std::string text(std::string_view name) const { return std::string{given_.text(name)}; }
    bool yes(std::string_view name) const { return given_.number(name) != 0; }

    template <class Value>
    Value word(std::string_view name, std::initializer_list<std::pair<std::string_view, Value>> known) const
    {
        std::vector<std::string_view> words;
        for (auto const& [word, value] : known)
        {
            if (word == given_.text(name))
                return value;
            words.push_back(word);
        }
        refuse(name, "'" + text(name) + "', one of " + join(words, ", ") + " was meant");
    }
    std::size_t number(std::string_view name, std::int64_t least, std::int64_t most) const
    {
        auto const value = given_.number(name);
        if (value < least || value > most)
            refuse(name,
                   std::to_string(value) + ", " + std::to_string(least) + " to " + std::to_string(most) + " was meant");
        return static_cast<std::size_t>(value);
    }
    milliseconds time(std::string_view name) const
    {
        auto const value = given_.number(name);
        if (value < 1 || value > 86'400'000)
            refuse(name, std::to_string(value) + "ms, 1ms to 1d was meant");
        return milliseconds{value};
    }
    std::string dn(std::string_view name) const
    {
        auto value = text(name);
        if (!value.empty() && !is_dn(value))
            refuse(name, "'" + value + "' is no DN such as ou=people,dc=example,dc=com");
        return value;
    }
    std::string filter(std::string_view name, std::string value, std::string_view must_hold) const
    {
        if (!is_filter(fill(value, {{"{username}", escape_filter(odd_name)}, {"{dn}", "cn=x"}})))
            refuse(name, "'" + value + "' is no search filter such as (uid={username})");
        if (value.find(must_hold) == value.npos)
            refuse(name, "'" + value + "' does not hold " + std::string{must_hold});
        return value;
    }
    std::string attribute(std::string_view name) const
    {
        auto value = text(name);
        for (char const c : value)
            if (c != '-' && c != '.' && !(c >= '0' && c <= '9') && !(lower({c})[0] >= 'a' && lower({c})[0] <= 'z'))
                refuse(name, "'" + value + "' is no attribute's name");
        return value;
    }
    group_map map(std::string_view name) const
    {
        try
        {
            return group_map{given_.text(name)};
        }
        catch (std::invalid_argument const& wrong)
        {
            refuse(name, wrong.what());
        }
    }
    std::string required(std::string_view name, std::string value, std::string_view why) const
    {
        if (value.empty())
            refuse(name, "is missing: " + std::string{why} + " needs it");
        return value;
    }
    options const& given() const noexcept { return given_; }

private:
    options const& given_;
};

server_settings read_server(reader const& from)
{
    server_settings to;
    auto const tls = from.yes("start-tls") ? start_tls::required : start_tls::off;
    auto const plain = from.yes("allow-plain-ldap") ? plain_ldap::anywhere : plain_ldap::on_loopback;
    for (auto const& uri : from.given().list("uris"))
        to.endpoints.push_back(parse_uri(uri, tls, plain));
    if (to.endpoints.empty())
        refuse("uris", "is empty, ldaps://HOST was meant");
    to.ca_file = from.text("tls-ca");
    to.server_name = from.text("tls-server-name");
    to.bind_dn = from.text("bind-dn");  // a DN, or in Active Directory a UPN
    to.bind_password = make_secret(from.given().text("bind-password"));
    if (to.bind_dn.empty() && !to.bind_password.empty())
        refuse("bind-dn", "is missing: bind-password-file is set");
    if (!to.bind_dn.empty() && to.bind_password.empty())
        refuse("bind-password-file", "is missing: bind-dn is set");
    to.connect_timeout = from.time("connect-timeout");
    to.operation_timeout = from.time("operation-timeout");
    to.bind_connections = from.number("bind-connections", 1, 256);
    to.max_searches = from.number("max-searches", 1, 1024);
    to.max_waiting = from.number("max-waiting", 1, 65536);
    to.idle_timeout = from.time("idle-timeout");
    to.max_age = from.time("max-age");
    to.probe_interval = from.time("probe-interval");
    to.retry_first = from.time("retry-first");
    to.retry_last = from.time("retry-last");
    if (to.retry_first > to.retry_last)
        refuse("retry-first", "is longer than retry-last");
    to.max_answer_bytes = from.number("max-answer", 4096, 64 * 1024 * 1024);
    return to;
}

// Refuses an option that only another mode uses: its author believes that it is in force.
void refuse_without(reader const& from, std::string_view option, std::string_view mode)
{
    if (!from.text(option).empty() && from.text("mode") != mode)
        refuse(option, "is set, but not used: mode = " + std::string{mode} + " was meant");
}

void read_template(reader const& from, user_settings& to)
{
    to.dn_template = from.required("dn-template", from.text("dn-template"), "mode = template");
    if (to.dn_template.find("{username}") == std::string::npos ||
        !is_dn(fill(to.dn_template, {{"{username}", escape_dn(odd_name)}})))
        refuse("dn-template", "'" + to.dn_template + "', a DN such as uid={username},dc=example,dc=com was meant");
    auto const parts = split_template(to.dn_template);
    if (parts.base.empty() && lower(parts.attribute) != lower(to.name_attribute))
        refuse("username-attribute", "'" + to.name_attribute + "', but dn-template names users by " + parts.attribute +
                                         ", below nothing where they could be searched: username-attribute = " +
                                         parts.attribute + " was meant");
    to.base = parts.base;
    to.scope = parts.depth == 1 ? scope::one : scope::sub;
    if (auto filter = from.text("user-filter"); !filter.empty())
        to.filter = from.filter("user-filter", std::move(filter), "");
}

user_settings read_user(reader const& from)
{
    user_settings to;
    to.mode = from.word<login_mode>(
        "mode", {{"search", login_mode::search}, {"template", login_mode::dn_template}, {"upn", login_mode::upn}});
    to.name_attribute = from.required("username-attribute", from.attribute("username-attribute"), "a login");
    to.id_attribute = from.required("id-attribute", from.attribute("id-attribute"), "a login");
    refuse_without(from, "dn-template", "template");
    refuse_without(from, "upn-domain", "upn");
    if (to.mode == login_mode::dn_template)
    {
        read_template(from, to);
        return to;
    }
    bool const is_upn = to.mode == login_mode::upn;
    to.base = from.required("user-base", from.dn("user-base"), is_upn ? "mode = upn" : "mode = search");
    to.scope = from.word<scope>("user-scope", {{"sub", scope::sub}, {"one", scope::one}});
    auto const usual = is_upn ? "(userPrincipalName={username})" : "(&(objectClass=person)(uid={username}))";
    auto const filter = from.text("user-filter");
    to.filter = from.filter("user-filter", filter.empty() ? usual : filter, "{username}");
    if (is_upn)
        to.upn_domain = from.required("upn-domain", from.text("upn-domain"), "mode = upn");
    return to;
}

group_settings read_group(reader const& from)
{
    group_settings to;
    to.mode = from.word<group_mode>("group-mode", {{"memberof", group_mode::memberof},
                                                   {"search", group_mode::search},
                                                   {"in-chain", group_mode::in_chain},
                                                   {"token-groups", group_mode::token_groups},
                                                   {"none", group_mode::none}});
    to.depth = from.number("group-depth", 0, 8);
    to.base = from.dn("group-base");
    bool const reads_user_alone = to.mode == group_mode::none || (to.mode == group_mode::memberof && to.depth == 0);
    if (!reads_user_alone)
        from.required("group-base", to.base, "group-mode = " + from.text("group-mode") + " with this group-depth");
    to.filter = from.filter("group-filter", from.text("group-filter"), to.depth == 0 ? "{" : "{dn}");
    return to;
}

unit_settings read_unit(reader const& from)
{
    unit_settings to;
    to.group_units = from.map("group-units");
    to.attribute = from.attribute("unit-attribute");
    to.units = from.given().list("units");
    to.default_unit = from.text("default-unit");
    to.group_names = from.map("group-names");
    if (to.group_units.empty() && to.attribute.empty() && to.units.empty())
        refuse("group-units", "is missing, and so are unit-attribute and units: nobody would get a unit");
    return to;
}

}  // namespace

settings read_settings(options const& given)
{
    reader const from{given};
    return {read_server(from), read_user(from), read_group(from), read_unit(from)};
}

std::vector<std::string> doubts(settings const& how)
{
    std::vector<std::string> lines;
    if (how.group.mode == group_mode::memberof && how.group.base.empty())
        for (auto const& [option, map] :
             {std::pair{"group-units", &how.unit.group_units}, std::pair{"group-names", &how.unit.group_names}})
            if (map->uses_names())
                lines.push_back(std::string{option} +
                                " names groups without their DN, and there is no group-base: a group of that name "
                                "anywhere in the directory counts; set group-base, or use DNs");
    return lines;
}

}  // namespace tokend::plugin::ldap

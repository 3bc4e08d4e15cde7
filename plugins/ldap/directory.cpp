#include "ldap/directory.hpp"

#include "common/join.hpp"
#include "ldap/dn.hpp"
#include "ldap/escape.hpp"
#include "ldap/identification.hpp"
#include "ldap/outage.hpp"

#include <algorithm>
#include <ctime>
#include <utility>

namespace tokend::plugin::ldap {
namespace {

finding refuse(tokend_verdict verdict, std::string reason) { return {verdict, std::move(reason), {}, {}}; }
finding refuse(diagnosis d) { return refuse(d.verdict, std::move(d.reason)); }

// Returns the name in the directory's own spelling. Of several values it is the one that was typed, in any case.
std::string spelling_of(entry const& user, std::string const& attribute, std::string const& typed)
{
    for (auto const& value : user.values(attribute))
        if (lower(value) == lower(typed))
            return value;
    return user.value(attribute);
}

void add_new(std::vector<std::string>& to, std::vector<std::string> const& from)
{
    for (auto const& word : from)
        if (std::find(to.begin(), to.end(), word) == to.end())
            to.push_back(word);
}

std::string both(std::string const& one, std::string const& other) { return "(&" + one + other + ')'; }

std::string is_equal(std::string const& attribute, std::string const& escaped)
{
    return '(' + attribute + '=' + escaped + ')';
}

bool is_in(std::string const& dn, std::string const& base, scope how_deep)
{
    auto const depth = depth_below(dn, base);
    return depth && (how_deep == scope::sub || *depth == 1);
}

identity make_identity(entry const& user, std::vector<std::string> const& groups, std::string const& group_base,
                       unit_settings const& how)
{
    identity who;
    who.units = how.group_units.apply(groups, group_base);
    if (!how.attribute.empty())
        add_new(who.units, user.values(how.attribute));
    if (who.units.empty())
        who.units = how.units;
    if (std::find(who.units.begin(), who.units.end(), how.default_unit) != who.units.end())
        who.default_unit = how.default_unit;
    who.groups = how.group_names.apply(groups, group_base);
    who.not_after = account_end(user);
    return who;
}

std::string describe(search_request const& asked)
{
    if (asked.scope == scope::base)
        return "the entry '" + asked.base + "' with " + asked.filter;
    return "the user " + std::string{asked.scope == scope::one ? "one level " : ""} + "below '" + asked.base +
           "' with " + asked.filter;
}

std::string describe(answer const& got)
{
    if (got.code != LDAP_SUCCESS)
        return "the server answered " + got.text();
    std::vector<std::string> dns;
    for (auto const& one : got.entries)
        dns.push_back(one.dn);
    return dns.empty() ? "no entry" : join(dns, "; ");
}

// Where each unit comes from.
void tell_units(inquiry const& about, entry const& user, std::vector<std::string> const& groups,
                std::string const& group_base, unit_settings const& how)
{
    bool is_told = false;
    auto const tell = [&](std::string const& unit, std::string const& from) {
        about.tell("unit '" + unit + "' from " + from);
        is_told = true;
    };
    for (auto const& group : groups)
        for (auto const& unit : how.group_units.apply({group}, group_base))
            tell(unit, "the group " + group);
    if (!how.attribute.empty())
        for (auto const& unit : user.values(how.attribute))
            tell(unit, "the attribute " + how.attribute);
    if (!is_told)
        for (auto const& unit : how.units)
            tell(unit, "the configured units, because no group and no attribute gives one");
}

}  // namespace

directory::directory(executor const& on, settings const& how, log_sink log)
    : how_{how},
      log_{std::move(log)},
      servers_{on, how.server, log_, [this] { use_best_server(); }},
      searches_{on, how.server, servers_, [this] { publish(); }},
      binds_{on, how.server, servers_},
      groups_{how.group, searches_}
{
    publish();
}

void directory::start() { searches_.start(); }

void directory::stop()
{
    servers_.stop();
    searches_.stop();
    binds_.stop();
}

void directory::use_best_server()
{
    searches_.look_again();
    binds_.close_unfit();
}

void directory::publish()
{
    std::lock_guard const guard{mutex_};
    trouble_ = searches_.is_connected() ? std::string{} : "the directory cannot be asked: " + searches_.trouble();
}

std::string directory::trouble() const
{
    std::lock_guard const guard{mutex_};
    return trouble_;
}

task<finding> directory::log_in(std::string name, secret_bytes password, time_point until)
{
    // RFC 4513 section 5.1.2: a bind with a name and an empty password succeeds without authenticating anybody.
    if (password.empty() || std::find(password.begin(), password.end(), '\0') != password.end())
        co_return refuse(TOKEND_BAD_SECRET, "a password that is empty or holds NUL");
    if (!is_name(name))
        co_return refuse(TOKEND_NO_SUCH_USER, "no possible user name");
    inquiry const about{until};
    try
    {
        co_return co_await examine(name, password, about);
    }
    catch (outage const& e)
    {
        co_return refuse(TOKEND_UNAVAILABLE, e.what());
    }
}

task<finding> directory::explain(std::string name, secret_bytes password, time_point until)
{
    steps told;
    finding found;
    inquiry const about{until, &told};
    try
    {
        if (std::find(password.begin(), password.end(), '\0') != password.end())
            found = refuse(TOKEND_BAD_SECRET, "a password that holds NUL");
        else if (!is_name(name))
            found = refuse(TOKEND_NO_SUCH_USER, "no possible user name");
        else
            found = co_await examine(name, password, about);
    }
    catch (outage const& e)
    {
        found = refuse(TOKEND_UNAVAILABLE, e.what());
    }
    // Now, because the question may have had to wait for the connection.
    told.insert(told.begin(), "the searches: " + searches_.description());
    found.told = std::move(told);
    co_return found;
}

task<finding> directory::examine(std::string const& name, secret_bytes const& password, inquiry about)
{
    auto const& user = how_.user;
    finding refused;
    if (user.mode == login_mode::search)
    {
        auto asked = by_name(name);
        auto found = co_await find(std::move(asked), about, refused);
        if (!found)
            co_return refused;
        auto judged = co_await bind(found->dn, password, about);
        if (judged.verdict != TOKEND_ACCEPT)
            co_return refuse(std::move(judged));
        co_return co_await accept(*found, name, about);
    }
    // A second '@', or a domain before the name, would name an account of another domain.
    if (user.mode == login_mode::upn && name.find_first_of("@\\") != name.npos)
        co_return refuse(TOKEND_NO_SUCH_USER, "a user name with '@' or '\\'");
    bool const is_upn = user.mode == login_mode::upn;
    auto const bind_name =
        is_upn ? name + '@' + user.upn_domain : fill(user.dn_template, {{"{username}", escape_dn(name)}});
    auto judged = co_await bind(bind_name, password, about);
    if (judged.verdict != TOKEND_ACCEPT)
        co_return refuse(std::move(judged));
    auto asked = is_upn ? by_name(bind_name) : by_template(name);
    auto found = co_await find(std::move(asked), about, refused);
    if (!found)
        co_return refused;
    co_return co_await accept(*found, name, about);
}

task<diagnosis> directory::bind(std::string const& dn, secret_bytes const& password, inquiry about)
{
    if (password.empty() && about.is_heard())  // a login is not
    {
        about.tell("no bind as " + dn + ", because no password was given");
        co_return diagnosis{TOKEND_ACCEPT, {}};
    }
    auto const said = co_await binds_.bind(dn, password, about.until);
    auto judged = judge_bind(said);
    if (about.is_heard())
        about.tell("the bind as " + dn + ": the server answered " + said.text());
    if (judged.verdict == TOKEND_ACCEPT && !judged.reason.empty())
        log_(severity::warning, dn + ": " + judged.reason);
    co_return judged;
}

// Returns the one entry that matches. Returns nothing if there is not exactly one, with the reason in `refused`.
task<std::optional<entry>> directory::find(search_request asked, inquiry about, finding& refused)
{
    auto got = co_await searches_.search(asked, about.until);
    if (about.is_heard())
        about.tell(describe(asked) + ": " + describe(got));
    if (got.entries.size() > 1 || got.code == LDAP_SIZELIMIT_EXCEEDED)
        refused = refuse(TOKEND_DISABLED, "more than one entry matches " + asked.filter);
    else if (got.code == LDAP_NO_SUCH_OBJECT && asked.scope == scope::base)
        refused = refuse(TOKEND_NO_SUCH_USER, "no entry " + asked.base);
    else if (got.code != LDAP_SUCCESS)
        throw outage{"the search for the user below '" + asked.base + "': the server answered " + got.text()};
    else if (got.entries.empty())
        refused = refuse(TOKEND_NO_SUCH_USER, "no entry matches " + asked.filter);
    else
        co_return std::move(got.entries.front());
    co_return std::nullopt;
}

task<finding> directory::accept(entry const& user, std::string const& name, inquiry about)
{
    auto const state = judge_entry(user, std::time(nullptr));
    if (state.verdict != TOKEND_ACCEPT)
        co_return refuse(state);
    auto const username = spelling_of(user, how_.user.name_attribute, name);
    if (username.empty())
        co_return refuse(TOKEND_UNAVAILABLE, user.dn + " has no attribute " + how_.user.name_attribute);
    auto const groups = co_await groups_.find(user, username, about);
    finding found{TOKEND_ACCEPT, {}, make_identity(user, groups, how_.group.base, how_.unit), {}};
    if (about.is_heard())
        tell_units(about, user, groups, how_.group.base, how_.unit);
    if (found.who.units.empty())
        co_return refuse(TOKEND_DISABLED,
                         "no unit for " + user.dn + ", which is in " + std::to_string(groups.size()) + " groups");
    found.who.username = username;
    found.who.subject_id = subject_id_of(user, how_.user.id_attribute);
    co_return found;
}

task<finding> directory::check_again(std::string username, std::string subject_id, time_point until)
{
    finding refused;
    inquiry const about{until};
    try
    {
        auto const found = co_await find_again(username, subject_id, about, refused);
        if (!found)
            co_return refused;
        co_return co_await accept(*found, username, about);
    }
    catch (outage const& e)
    {
        co_return refuse(TOKEND_UNAVAILABLE, e.what());
    }
}

// Finds the entry by its id and by all conditions of a login but the one on the typed name, which is not known now.
task<std::optional<entry>> directory::find_again(std::string const& username, std::string const& subject_id,
                                                 inquiry about, finding& refused)
{
    auto const& user = how_.user;
    auto const named = is_equal(user.name_attribute, escape_filter(username));
    auto const known_dn = dn_in(subject_id);
    auto const identified = !known_dn.empty() ? std::string{}
                            : subject_id.empty()
                                ? named
                                : is_equal(user.id_attribute, escape_octets(octets_in(subject_id, user.id_attribute)));
    auto const passed = user.filter.empty() ? "(objectClass=*)" : without_name(user.filter, escape_filter(username));
    auto const filter = identified.empty() ? passed : both(identified, passed);
    if (!known_dn.empty() && !is_in(known_dn, user.base, user.scope))
    {
        refused = refuse(TOKEND_NO_SUCH_USER, known_dn + " is not below '" + user.base + "'");
        co_return std::nullopt;
    }
    if (user.mode == login_mode::dn_template && known_dn.empty())
    {
        // Looks where a login looks. Another place is possible only if tokens hold another name than the template.
        auto asked = by_template(username);
        asked.filter = filter;
        auto found = co_await find(std::move(asked), about, refused);
        if (found || user.base.empty())
            co_return found;
    }
    auto asked = by_dn(known_dn.empty() ? user.base : known_dn);
    asked.scope = known_dn.empty() ? user.scope : scope::base;
    asked.filter = filter;
    auto again = asked;
    again.filter = both(named, filter);
    auto found = co_await find(std::move(asked), about, refused);
    if (found || refused.verdict != TOKEND_DISABLED)
        co_return found;
    // Several entries have this id, so the name must decide.
    co_return co_await find(std::move(again), about, refused);
}

search_request directory::by_template(std::string const& name) const
{
    auto asked = by_dn(fill(how_.user.dn_template, {{"{username}", escape_dn(name)}}));
    if (!how_.user.filter.empty())
        asked.filter = fill(how_.user.filter, {{"{username}", escape_filter(name)}});
    return asked;
}

search_request directory::by_name(std::string const& name) const
{
    auto asked = by_dn(how_.user.base);
    asked.scope = how_.user.scope;
    asked.filter = fill(how_.user.filter, {{"{username}", escape_filter(name)}});
    return asked;
}

search_request directory::by_dn(std::string const& dn) const
{
    search_request asked{dn, scope::base, "(objectClass=*)", account_attributes(), 2};
    for (auto const& name : {how_.user.name_attribute, how_.user.id_attribute, how_.unit.attribute})
        if (!name.empty())
            asked.attributes.push_back(name);
    add_new(asked.attributes, groups_.wanted());
    return asked;
}

}  // namespace tokend::plugin::ldap

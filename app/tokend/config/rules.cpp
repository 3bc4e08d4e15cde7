#include "app/tokend/config/rules.hpp"

#include "app/tokend/config/sections.hpp"
#include "app/tokend/config/spelling.hpp"
#include "app/tokend/config/values.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <map>
#include <variant>

namespace tokend {
namespace {

class rules
{
public:
    explicit rules(configuration const& config) : config_{config} {}

    std::vector<broken_rule> check() &&
    {
        for (auto const& listener : config_.listeners)
            check_listener(listener);
        check_inherited_sockets();
        check_principal_room();
        check_lifetimes(config_.tokens.lifetimes, "tokens", {});
        for (auto const& backend : config_.backends)
            if (backend.plugin.empty() && !is_set("backend." + backend.id + ".plugin"))
                add(backend.where, "[backend." + backend.id + "] names no plugin; add a line such as plugin = file");
        for (auto const& o : config_.organisations)
            check_organisation(o);
        return std::move(broken_);
    }

private:
    bool is_set(std::string const& key) const { return config_.sources.contains(key); }

    // Returns where the first of these keys that is set was set; `otherwise` if none of them is.
    std::string where(std::initializer_list<std::string> keys, std::string const& otherwise) const
    {
        for (auto const& key : keys)
            if (auto const found = config_.sources.find(key); found != config_.sources.end())
                return found->second;
        return otherwise;
    }

    void add(std::string const& where, std::string what) { broken_.push_back({where, std::move(what)}); }

    // There is nothing that another listener could serve.
    void check_listener(listener_options const& listener)
    {
        auto const section = "listen." + listener.name;
        auto const only = configuration::default_listener().name;
        if (listener.name != only)
            add(listener.where, "unknown section [" + section + "]; the only listener is [listen." + only + "]");
        for (auto const& address : listener.addresses)
            if (!listener.allow_plain_http && !address.is_loopback())
                add(where({section + ".address"}, listener.where),
                    address.text() +
                        " is not loopback, and passwords would cross the network unencrypted; "
                        "if that is meant, set allow-plain-http = yes in [" +
                        section + "]");
    }

    // Two listeners would accept by turns on a socket that both inherit. Other addresses can be bound only once.
    void check_inherited_sockets()
    {
        std::map<std::string, std::string> users;  // of each socket: the section that named it first
        for (auto const& listener : config_.listeners)
            for (auto const& address : listener.addresses)
                if (auto const* const socket = std::get_if<inherited_socket>(&address.kind()))
                    if (auto const [first, is_new] = users.emplace(socket->name, listener.name); !is_new)
                        add(where({"listen." + listener.name + ".address"}, listener.where),
                            socket->text() + " is an address of [listen." + first->second + "] too");
    }

    void check_principal_room()
    {
        if (config_.tokens.effective_principal_room() < least_principal_room)
            add(where({"tokens.principal-room"}, ""), "principal-room takes 0 or a size from 16k to 256g");
    }

    // Checks the lifetimes of a section, or those of [tokens] that sections inherit.
    void check_lifetimes(lifetime_rules const& l, std::string const& section, std::string const& section_line)
    {
        if (l.policy != lifetime_policy::sliding || l.max_lifetime >= l.lifetime)
            return;
        auto const at =
            where({section + ".max-lifetime", section + ".lifetime", section + ".lifetime-policy"}, section_line);
        add(at, "max-lifetime, " + format_duration(l.max_lifetime) + ", is shorter than lifetime, " +
                    format_duration(l.lifetime));
    }

    void check_organisation(organisation_section const& o)
    {
        auto const section = "organisation." + o.id;
        auto const& shared = config_.tokens.lifetimes;
        bool const inherited = o.lifetimes.policy == shared.policy && o.lifetimes.lifetime == shared.lifetime &&
                               o.lifetimes.max_lifetime == shared.max_lifetime;
        if (!inherited)
            check_lifetimes(o.lifetimes, section, o.where);
        if (o.backends.empty() && !is_set(section + ".backends"))
            add(o.where, "[" + section + "] names no backends; add a line such as backends = staff");
        for (auto const& id : o.backends)
            check_backend(id, where({section + ".backends"}, o.where));
        check_name(o, section);
    }

    void check_name(organisation_section const& o, std::string const& section)
    {
        auto const first = std::find_if(config_.organisations.begin(), config_.organisations.end(),
                                        [&](auto const& other) { return equal_folded(other.name, o.name); });
        if (&*first != &o)
            add(where({section + ".name"}, o.where), "the name '" + o.name + "' is that of [organisation." + first->id +
                                                         "] too; names must differ in more than case");
    }

    void check_backend(std::string const& id, std::string const& at)
    {
        std::vector<std::string_view> ids;
        for (auto const& b : config_.backends)
            ids.push_back(b.id);
        if (std::find(ids.begin(), ids.end(), id) != ids.end())
            return;
        auto const meant = nearest(id, ids);
        add(at,
            "there is no [backend." + id + "]" + (meant.empty() ? "" : "; did you mean '" + std::string{meant} + "'?"));
    }

    configuration const& config_;
    std::vector<broken_rule> broken_;
};

// Compares two configurations key by key.
class comparison
{
public:
    comparison(configuration const& running, configuration const& wanted) : running_{running}, wanted_{wanted} {}

    std::vector<broken_rule> refused() &&
    {
        for (auto const kind : section_kinds())
            if (needs_restart(kind))
                compare(kind);
        return std::move(refused_);
    }

private:
    static bool needs_restart(std::string_view kind)
    {
        auto const keys = all_keys();
        return std::any_of(keys.begin(), keys.end(),
                           [&](key const& k) { return k.section == kind && k.when == takes_effect::on_restart; });
    }

    void compare(std::string_view kind)
    {
        auto const before = sections_of(running_, kind);
        auto const after = sections_of(wanted_, kind);
        for (section_index i = 0; i < before.size(); ++i)
            if (auto const same = std::find(after.begin(), after.end(), before[i]); same != after.end())
                compare(kind, before[i], i, static_cast<section_index>(same - after.begin()));
            else
                refuse(before[i], '[' + before[i] + "] is left out");
        for (auto const& section : after)
            if (std::find(before.begin(), before.end(), section) == before.end())
                refuse(section, '[' + section + "] is new");
    }

    void compare(std::string_view kind, std::string const& section, section_index before, section_index after)
    {
        for (auto const& k : all_keys())
        {
            if (k.section != kind || k.when == takes_effect::on_reload)
                continue;
            auto const from = k.show(running_, before);
            auto const to = k.show(wanted_, after);
            auto const name = section + '.' + std::string{k.name};
            if (from != to)
                refuse(name, name + " changes from " + from + " to " + to);
        }
    }

    void refuse(std::string const& key, std::string const& what)
    {
        auto const set = wanted_.sources.find(key);
        refused_.push_back({set == wanted_.sources.end() ? "default" : set->second, what + ", which needs a restart"});
    }

    configuration const& running_;
    configuration const& wanted_;
    std::vector<broken_rule> refused_;
};

}  // namespace

std::vector<broken_rule> broken_rules(configuration const& config) { return rules{config}.check(); }

std::vector<broken_rule> warnings(configuration const& config)
{
    std::vector<broken_rule> found;
    if (config.organisations.empty())
        found.push_back({"", "no organisation is configured, so nobody can log in; add a section [organisation.NAME]"});
    for (auto const& backend : config.backends)
    {
        auto const uses = [&](organisation_section const& o) {
            return std::find(o.backends.begin(), o.backends.end(), backend.id) != o.backends.end();
        };
        if (std::none_of(config.organisations.begin(), config.organisations.end(), uses))
            found.push_back({backend.where, "no organisation uses [backend." + backend.id + "]"});
    }
    return found;
}

std::vector<broken_rule> refused_changes(configuration const& running, configuration const& wanted)
{
    return comparison{running, wanted}.refused();
}

}  // namespace tokend

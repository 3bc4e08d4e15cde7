#include "app/tokend/config/rules.hpp"

#include "app/tokend/config/sections.hpp"
#include "app/tokend/config/spelling.hpp"
#include "app/tokend/config/values.hpp"

#include "base/text.hpp"

#include <algorithm>
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
        {
            check_listener(listener);
            check_proxies(listener);
            check_tls(listener, "listen." + listener.name);
            check_rate(listener.rate, "listen." + listener.name, "");
        }
        check_rate(config_.server.network_rate, "server", "network-");
        check_take_over_socket();
        check_principal_room();
        check_lifetimes(config_.tokens.lifetimes, "tokens", {});
        check_lockout(config_.login.lockout, "login", {});
        check_audit();
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

    void check_listener(listener_options const& listener)
    {
        auto const section = "listen." + listener.name;
        auto const line = where({section + ".address"}, listener.where);
        if (listener.addresses.empty() && !is_set(section + ".address"))
            add(line, '[' + section + "] names no address; add a line such as address = localhost:8080");
        for (auto const& address : listener.addresses)
        {
            if (!listener.tls.enabled() && !listener.allow_plain_http && !address.is_loopback())
                add(line, address.text() +
                              " is not loopback, and passwords would cross the network unencrypted; "
                              "if that is meant, set allow-plain-http = yes in [" +
                              section + "]");
            auto const* const first = listener_at(address);
            if (first != &listener)
                add(line, address.text() + " is an address of [listen." + first->name +
                              "] too; each listener has its own addresses");
        }
    }

    void check_take_over_socket()
    {
        auto const& socket = config_.server.take_over_socket;
        auto const* const listener = listener_at(listening_address{socket});
        if (listener != nullptr)
            add(where({"server.take-over-socket"}, {}), socket.text() + " is an address of [listen." + listener->name +
                                                            "]; take-over-socket is a socket of its own");
    }

    // The first listener that has the address.
    listener_options const* listener_at(listening_address const& address) const
    {
        for (auto const& l : config_.listeners)
            if (std::find(l.addresses.begin(), l.addresses.end(), address) != l.addresses.end())
                return &l;
        return nullptr;
    }

    // Without trusted proxies nobody could name a client, or connect at all.
    void check_proxies(listener_options const& listener)
    {
        auto const section = "listen." + listener.name;
        auto const& proxies = listener.proxies;
        auto const check = [&](bool is_used, std::string const& key) {
            if (is_used && proxies.trusted.empty())
                add(where({section + "." + key}, listener.where),
                    key + " needs the proxies that it trusts; give their addresses, such as trusted-proxies = " +
                        "127.0.0.1, in [" + section + "]");
        };
        check(proxies.client_from != client_field::none, "client-address-from");
        check(proxies.protocol, "proxy-protocol");
    }

    void check_tls(listener_options const& listener, std::string const& section)
    {
        auto const& tls = listener.tls;
        auto const asks = tls.client_certificates != client_certificates::off;
        auto const complain = [&](std::string const& key, std::string const& what) {
            add(where({section + '.' + key}, listener.where), key + what);
        };
        auto const needs_certificates = [&](bool is_set, std::string const& key) {
            if (is_set && !tls.enabled())
                complain(key, " is set, but there is no TLS without tls-certificates in [" + section + "]");
        };
        needs_certificates(!tls.keys.empty(), "tls-keys");
        needs_certificates(!tls.client_ca.empty(), "tls-client-ca");
        needs_certificates(asks, "tls-client-certificates");
        needs_certificates(tls.least_version != tls_options{}.least_version, "tls-min-version");
        if (!tls.enabled())
            return;
        if (!tls.keys.empty() && tls.keys.size() != tls.certificates.size())
            complain("tls-keys", " names " + std::to_string(tls.keys.size()) + " and tls-certificates " +
                                     std::to_string(tls.certificates.size()) +
                                     "; name the key of each certificate in the same order, or no key if each is in "
                                     "its certificate's file");
        if (asks && tls.client_ca.empty())
            complain("tls-client-certificates", " needs tls-client-ca, the file of the authorities that sign them");
        if (!asks && !tls.client_ca.empty())
            complain("tls-client-ca", " has no effect while tls-client-certificates is no; set optional or required");
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

    void check_rate(rate_limit const& r, std::string const& section, std::string const& prefix)
    {
        if (r.burst != 0 && !r.limits())
            add(where({section + '.' + prefix + "burst"}, {}),
                prefix + "burst has no effect without " + prefix + "rate");
    }

    void check_audit()
    {
        auto const& audit = config_.audit;
        if (audit.to != audit_target::file && audit.file != audit_options{}.file)
            add(where({"audit.file"}, {}), "file has no effect without to = file in [audit]");
        if (audit.to == audit_target::off && audit.on_failure != audit_options{}.on_failure)
            add(where({"audit.on-failure"}, {}),
                "on-failure has no effect without to = file or to = journal in [audit]");
    }

    // Checks the lock-out of a section, or that of [login] that sections inherit.
    void check_lockout(lockout_rules const& r, std::string const& section, std::string const& section_line)
    {
        if (r.failures == 0 || r.name_failures == 0 || r.name_failures > r.failures)
            return;
        add(where({section + ".lockout-name-failures", section + ".lockout-failures"}, section_line),
            "lockout-name-failures, " + std::to_string(r.name_failures) + ", is not more than lockout-failures, " +
                std::to_string(r.failures) + ", so that one client could lock a user out everywhere");
    }

    void check_organisation(organisation_section const& o)
    {
        auto const section = "organisation." + o.id;
        auto const& shared = config_.tokens.lifetimes;
        bool const inherited = o.lifetimes.policy == shared.policy && o.lifetimes.lifetime == shared.lifetime &&
                               o.lifetimes.max_lifetime == shared.max_lifetime;
        if (!inherited)
            check_lifetimes(o.lifetimes, section, o.where);
        check_rate(o.rate, section, "");
        if (o.lockout != config_.login.lockout)
            check_lockout(o.lockout, section, o.where);
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

// Describes proxies that are trusted in vain, or too many; empty if all is well.
std::string doubtful_trust(proxy_rules const& proxies)
{
    bool const in_use = proxies.client_from != client_field::none || proxies.protocol;
    if (!in_use)
        return proxies.trusted.empty() ? ""
                                       : "trusted-proxies has no effect without client-address-from or proxy-protocol";
    for (auto const& block : proxies.trusted.networks)
        if (block.prefix() == 0)
            return "trusted-proxies holds " + block.text() + ", so every client can claim any address";
    return {};
}

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
    auto const line_of = [&](std::string const& key, std::string const& otherwise) {
        auto const set = config.sources.find(key);
        return set == config.sources.end() ? otherwise : set->second;
    };
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
    for (auto const& o : config.organisations)
        if (o.max_tokens && !o.max_tokens->is_percentage && o.max_tokens->value > config.tokens.capacity)
            found.push_back(
                {line_of("organisation." + o.id + ".max-tokens", o.where),
                 "max-tokens has no effect: it is more than the capacity, " + std::to_string(config.tokens.capacity)});
    for (auto const& listener : config.listeners)
        if (auto const what = doubtful_trust(listener.proxies); !what.empty())
            found.push_back({line_of("listen." + listener.name + ".trusted-proxies", listener.where), what});
    return found;
}

std::vector<broken_rule> refused_changes(configuration const& running, configuration const& wanted)
{
    return comparison{running, wanted}.refused();
}

}  // namespace tokend

#include "app/tokend/config/load.hpp"

#include "app/tokend/config/certificates.hpp"
#include "app/tokend/config/file.hpp"
#include "app/tokend/config/operators.hpp"
#include "app/tokend/config/rules.hpp"
#include "app/tokend/config/sections.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <map>
#include <string>

namespace tokend {
namespace {

// Quotes a value for an error, shortened if need be.
std::string quote(std::string const& value)
{
    constexpr std::size_t most = 60;
    auto const shown = first_characters(value, most);
    return '\'' + std::string{shown} + (shown.size() == value.size() ? "" : "...") + '\'';
}

// Finds the listener, backend or organisation of a section, or adds it.
template <class Options, class Make>
section_index index_of(std::vector<Options>& all, std::string Options::*id, setting const& s, Make make)
{
    auto const name = id_of(s.section).value();
    auto const found = std::find_if(all.begin(), all.end(), [&](Options const& o) { return o.*id == name; });
    auto const index = static_cast<section_index>(found - all.begin());
    if (found == all.end())
    {
        auto& added = all.emplace_back(make());
        added.*id = name;
        added.where = s.at.where;
    }
    return index;
}

// Builds a configuration from the settings of the files and of the command line.
class loader
{
public:
    loader(command_line const& from, backend_check const& check, secret_files secrets)
        : check_{check}, secrets_{secrets}
    {
        auto read = read_files(from.config, wrong_);
        settings_ = std::move(read.settings);
        loose_ = std::move(read.loose);
        constexpr std::size_t behind_all_files = std::size_t{1} << 32;
        for (auto s : from.settings)
        {
            s.at.order += behind_all_files;
            settings_.push_back(std::move(s));
        }
    }

    configuration load()
    {
        for (auto const& s : settings_)
        {
            orders_.emplace(s.at.where, s.at.order);
        }
        config_.listeners.clear();
        // Organisations inherit from [tokens] and [login], so they come after these.
        apply([](std::string_view kind) { return kind != organisation_sections; });
        apply([](std::string_view kind) { return kind == organisation_sections; });
        add_public_listener();
        judge_modes();
        for (auto const& m : broken_rules(config_))
            wrong_.add(at(m.where), m.what);
        for (auto const& m : wrong_certificates(config_, secrets_))
            wrong_.add(at(m.where), m.what);
        for (auto const& m : wrong_operators(config_, secrets_))
            wrong_.add(at(m.where), m.what);
        check_backends();
        if (!wrong_.empty())
            throw config_errors{std::move(wrong_).in_order()};
        return std::move(config_);
    }

private:
    // Ignores allow-loose-modes in a file that others could change: no file may permit itself.
    void judge_modes()
    {
        config_.allow_loose_modes = false;
        for (auto const& s : settings_)
            if (s.section == "server" && s.name == "allow-loose-modes" && s.is_protected)
                config_.allow_loose_modes = parse_boolean(s.value).value_or(false);
        for (auto const& file : loose_)
            if (config_.allow_loose_modes)
                config_.warnings.push_back(file.at.where + ": " + file.what);
            else
                wrong_.add(file.at, file.what);
        for (auto& backend : config_.backends)
            backend.allow_loose_modes = config_.allow_loose_modes;
    }

    template <class Wanted>
    void apply(Wanted wanted)
    {
        for (auto const& s : settings_)
            if (wanted(kind_of(s.section)))
                apply(s);
    }

    void apply(setting const& s)
    {
        auto const index = section_index_of(s);
        if (s.name.empty())
            return;
        if (auto const mistake = bytes_mistake(s.value); !mistake.empty())
            return wrong_.add(s.at, "the value " + mistake);
        if (s.value.find('#') != s.value.npos)
            return wrong_.add(s.at, "no value can hold a '#'");
        auto const* const k = find_key(s.section, s.name);
        if (!k)
            return keep_for_plugin(config_.backends[index], s);
        config_.sources[s.section + '.' + s.name] = s.at.where;
        if (!k->set(config_, index, s.value, s.base))
            wrong_.add(s.at, s.name + " is " + quote(s.value) + "; give " + k->meant);
    }

    section_index section_index_of(setting const& s)
    {
        auto const kind = kind_of(s.section);
        if (kind == listener_sections)
            return index_of(config_.listeners, &listener_options::name, s, [&] { return first_listener(s); });
        if (kind == backend_sections)
            return index_of(config_.backends, &backend_options::id, s, [] { return backend_options{}; });
        if (kind == organisation_sections)
            return index_of(config_.organisations, &organisation_section::id, s, [&] { return first_organisation(s); });
        return 0;
    }

    // The values of a section before any of its keys is set.
    static listener_options first_listener(setting const& s)
    {
        auto const name = id_of(s.section);
        if (name == "admin")
            return {.serve = {service::admin}};
        if (name == "metrics")
            return {.serve = {service::metrics}};
        auto listener = configuration::default_listener();
        return name == listener.name ? listener : listener_options{};
    }
    // Clients find tokend at the default address unless the configuration says where.
    void add_public_listener()
    {
        auto listener = configuration::default_listener();
        auto const replaces = [&](listener_options const& l) {
            return l.serves(service::public_methods) || l.name == listener.name;
        };
        if (std::none_of(config_.listeners.begin(), config_.listeners.end(), replaces))
            config_.listeners.insert(config_.listeners.begin(), std::move(listener));
    }
    organisation_section first_organisation(setting const& s) const
    {
        organisation_section o;
        o.name = id_of(s.section).value();
        o.lifetimes = config_.tokens.lifetimes;
        o.lockout = config_.login.lockout;
        return o;
    }

    static void keep_for_plugin(backend_options& backend, setting const& s)
    {
        auto& all = backend.settings;
        auto const same =
            std::find_if(all.begin(), all.end(), [&](option_setting const& o) { return o.name == s.name; });
        auto& kept = same == all.end() ? all.emplace_back() : *same;
        kept = {s.name, s.value, s.at.where, s.base};
    }

    void check_backends()
    {
        for (auto const& backend : config_.backends)
        {
            if (!check_ || backend.plugin.empty())
                continue;
            std::vector<std::string> errors;
            check_(config_, backend, errors);
            for (std::string_view const error : errors)
            {
                auto const colon = error.find(": ");
                bool const placed = colon != error.npos && orders_.contains(error.substr(0, colon));
                wrong_.add(at(placed ? error.substr(0, colon) : backend.where),
                           placed ? error.substr(colon + 2) : error);
            }
        }
    }

    source_line at(std::string_view where) const
    {
        auto const found = orders_.find(where);
        return {std::string{where}, found == orders_.end() ? 0 : found->second};
    }

    backend_check const& check_;
    secret_files const secrets_;
    std::vector<setting> settings_;
    std::vector<loose_file> loose_;
    mistakes wrong_;
    configuration config_;
    std::map<std::string, std::size_t, std::less<>> orders_;  // by where
};

}  // namespace

config_errors::config_errors(std::vector<std::string> lines)
    : std::runtime_error{join(lines, "\n")}, lines_{std::move(lines)}
{}

configuration load(command_line const& from, backend_check const& check, secret_files secrets)
{
    auto read = loader{from, check, secrets}.load();
    read.file = from.config;
    return read;
}

}  // namespace tokend

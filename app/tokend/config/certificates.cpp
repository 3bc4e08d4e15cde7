#include "app/tokend/config/certificates.hpp"

#include "app/tokend/config/credential.hpp"

#include "tokend/protection.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace tokend {
namespace {

std::string_view key_of(tls_option option)
{
    switch (option)
    {
    case tls_option::certificates:
        return "tls-certificates";
    case tls_option::keys:
        return "tls-keys";
    case tls_option::client_ca:
        break;
    }
    return "tls-client-ca";
}

std::string where_of(configuration const& config, listener_options const& listener, tls_option option)
{
    auto const found = config.sources.find("listen." + listener.name + '.' + std::string{key_of(option)});
    return found == config.sources.end() ? listener.where : found->second;
}

std::vector<tls_mistake> loose_files_of(tls_options const& options)
{
    std::vector<tls_mistake> found;
    auto const look = [&](std::filesystem::path const& file, tls_option option, plugin::secrecy kind) {
        auto mistake = file.empty() ? std::string{} : plugin::loose_mode(file.string(), kind);
        if (!mistake.empty())
            found.push_back({option, std::move(mistake)});
    };
    auto const in_certificates = options.keys.empty() ? plugin::secrecy::secret : plugin::secrecy::none;
    for (auto const& file : options.certificates)
        look(file, tls_option::certificates, in_certificates);
    for (auto const& file : options.keys)
        look(file, tls_option::keys, plugin::secrecy::secret);
    look(options.client_ca, tls_option::client_ca, plugin::secrecy::none);
    return found;
}

// The first file of the listener that this process may not read, with the key that names it.
std::optional<std::pair<tls_option, std::filesystem::path>> hidden_file(tls_options const& o)
{
    for (auto const& file : o.certificates)
        if (is_hidden(file))
            return std::pair{tls_option::certificates, file};
    for (auto const& file : o.keys)
        if (is_hidden(file))
            return std::pair{tls_option::keys, file};
    return std::nullopt;
}

bool is_complete(tls_options const& o)
{
    return o.enabled() && (o.keys.empty() || o.keys.size() == o.certificates.size()) &&
           (o.client_certificates == client_certificates::off || !o.client_ca.empty());
}

}  // namespace

std::shared_ptr<tls_context const> make_tls_context(configuration const& config, listener_options const& listener,
                                                    std::shared_ptr<ticket_keys> tickets)
{
    if (!config.allow_loose_modes)
        if (auto loose = loose_files_of(listener.tls); !loose.empty())
            throw tls_error{std::move(loose)};
    return std::make_shared<tls_context const>(listener.tls, std::move(tickets));
}

std::vector<broken_rule> hidden_certificates(configuration const& config)
{
    std::vector<broken_rule> found;
    for (auto const& listener : config.listeners)
        if (auto const hidden = hidden_file(listener.tls))
            found.push_back(
                {where_of(config, listener, hidden->first),
                 std::string{key_of(hidden->first)} + " = " + hidden->second.string() + " cannot be read here"});
    return found;
}

std::vector<broken_rule> wrong_certificates(configuration const& config, secret_files secrets)
{
    std::vector<broken_rule> wrong;
    if (secrets == secret_files::needed)
        for (auto& hidden : hidden_certificates(config))
            wrong.push_back({hidden.where, hidden.what + "; it needs systemd's LoadCredential="});
    for (auto const& listener : config.listeners)
        try
        {
            if (is_complete(listener.tls) && !hidden_file(listener.tls))
                make_tls_context(config, listener, std::make_shared<ticket_keys>());
        }
        catch (tls_error const& e)
        {
            for (auto const& m : e.mistakes())
                wrong.push_back({where_of(config, listener, m.option), m.what});
        }
    return wrong;
}

std::vector<std::string> loose_certificates(configuration const& config)
{
    std::vector<std::string> found;
    if (config.allow_loose_modes)
        for (auto const& listener : config.listeners)
            for (auto const& m : loose_files_of(listener.tls))
                found.push_back(where_of(config, listener, m.option) + ": " + m.what);
    return found;
}

std::vector<broken_rule> ageing_certificates(configuration const& config, std::chrono::sys_seconds now)
{
    std::vector<broken_rule> found;
    for (auto const& listener : config.listeners)
    {
        if (!listener.tls.enabled() || hidden_file(listener.tls))
            continue;
        auto const context = make_tls_context(config, listener, std::make_shared<ticket_keys>());
        for (auto const& c : context->certificates())
            if (auto warning = validity_warning(c, now))
                found.push_back({where_of(config, listener, tls_option::certificates), *std::move(warning)});
    }
    return found;
}

}  // namespace tokend

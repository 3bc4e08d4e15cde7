#include "app/tokend/backends.hpp"

#include "app/tokend/config/certificates.hpp"
#include "app/tokend/config/credential.hpp"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <stdexcept>
#include <string_view>

namespace tokend {

using namespace std::chrono_literals;

namespace {

std::unique_ptr<backend> make_backend(configuration const& config, backend_options const& options, blocking_pool& pool,
                                      logger& log)
{
    auto const library = plugin_library::load(config.plugin_directory, options.plugin);
    std::vector<std::string> errors;
    auto const values = check_options(library.options(), options.settings, options.where, errors);
    if (!errors.empty())
        throw std::runtime_error{errors.front()};
    return std::make_unique<backend>(options, library, values, pool, log);
}

bool is_hidden(option_setting const& s)
{
    return is_credential(s.value) && tokend::is_hidden(credential_file(s.value));
}

}  // namespace

std::vector<std::shared_ptr<backend>> start_backends(configuration const& config, blocking_pool& pool, reaper& unused,
                                                     logger& log)
{
    std::vector<std::shared_ptr<backend>> backends;
    for (auto const& options : config.backends)
        backends.push_back(unused.share(make_backend(config, options, pool, log)));
    for (auto const& b : backends)
        b->start();
    return backends;
}

std::vector<std::string> hidden_secrets_of(configuration const& config)
{
    std::vector<std::string> hidden;
    for (auto const& backend : config.backends)
        for (auto const& s : backend.settings)
            if (is_hidden(s))
                hidden.push_back(s.where + ": " + s.name + " = " + s.value + " cannot be read here, so [backend." +
                                 backend.id + "] is not checked to the end; systemd shows it to the service alone");
    return hidden;
}

void check_backend_options(configuration const& config, backend_options const& backend,
                           std::vector<std::string>& errors)
try
{
    auto const library = plugin_library::load(config.plugin_directory, backend.plugin);
    check_options(library.options(), backend.settings, backend.where, errors);
    if (!config.allow_loose_modes)
        for (auto& mistake : loose_files(library.options(), backend.settings))
            errors.push_back(std::move(mistake));
    auto const set = config.sources.find("backend." + backend.id + ".recheck-interval");
    if (set != config.sources.end() && backend.recheck_interval.value_or(0ms) != 0ms && library.recheck() == nullptr)
        errors.push_back(set->second + ": recheck-interval is set, but the plugin '" + backend.plugin +
                         "' cannot check a user again; leave the line out");
}
catch (std::exception const& e)
{
    errors.push_back(backend.where + ": " + e.what());
}

std::vector<std::string> loose_files_of(configuration const& config)
{
    auto warnings = config.warnings;
    if (!config.allow_loose_modes)
        return warnings;
    for (auto& mistake : loose_certificates(config))
        warnings.push_back(std::move(mistake));
    for (auto const& backend : config.backends)
    {
        auto const library = plugin_library::load(config.plugin_directory, backend.plugin);
        for (auto& mistake : loose_files(library.options(), backend.settings))
            warnings.push_back(std::move(mistake));
    }
    return warnings;
}

void check_backend(configuration const& config, backend_options const& backend, std::vector<std::string>& errors)
{
    std::vector<std::string> mistakes;
    check_backend_options(config, backend, mistakes);
    bool hidden = false;
    for (auto const& s : backend.settings)
        if (is_hidden(s))
        {
            hidden = true;
            std::erase_if(mistakes, [&](auto const& m) { return m.starts_with(s.where + ": " + s.name); });
        }
    errors.insert(errors.end(), mistakes.begin(), mistakes.end());
    if (hidden || !mistakes.empty())
        return;
    clock const now;
    logger log{now, log_options{.level = log_level::warning}};
    blocking_pool pool{1, 0};
    try
    {
        static_cast<void>(make_backend(config, backend, pool, log));
    }
    catch (std::exception const& e)
    {
        errors.push_back(e.what());
    }
}

bool holds_path(configuration const& config, backend_options const& backend, option_setting const& setting)
{
    auto const is_it = [&](tokend_option const& o) {
        bool const is_secret_file = o.type == TOKEND_OPTION_SECRET && setting.name == std::string{o.name} + "-file" &&
                                    !setting.value.starts_with("credential:");
        return is_secret_file || (o.type == TOKEND_OPTION_PATH && setting.name == o.name);
    };
    auto const library = plugin_library::load(config.plugin_directory, backend.plugin);
    auto const options = library.options();
    return std::any_of(options.begin(), options.end(), is_it);
}

}  // namespace tokend
